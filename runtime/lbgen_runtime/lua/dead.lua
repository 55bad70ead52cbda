-- Move one entry to the dead letters and acknowledge it, if this consumer still holds it in the
-- delivery after which it is given up.
-- KEYS: stream, dead letters
-- ARGV: group, consumer, entry id, delivery count, 1 to remove the entry (a replay: nobody else
--       reads it), the dead letter's fields and values
-- Returns 1, or 0 where the entry is not pending in that delivery any more.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] or pending[4] ~= tonumber(ARGV[4]) then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 6))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
if ARGV[5] == '1' then redis.call('XDEL', KEYS[1], ARGV[3]) end
return 1
