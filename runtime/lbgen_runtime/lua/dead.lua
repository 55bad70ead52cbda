-- Move one entry to the dead letters and acknowledge it, if this consumer still holds it.
-- KEYS: stream, dead letters
-- ARGV: group, consumer, entry id, 1 to remove the entry (a replay: nobody else reads it),
--       the dead letter's fields and values
-- Returns 1, or 0 where another has taken the entry.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 5))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] == '1' then redis.call('XDEL', KEYS[1], ARGV[3]) end
return 1
