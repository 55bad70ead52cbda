-- Move one entry to the dead letters and acknowledge it, if this consumer still holds it in the
-- delivery after which it is given up.
-- KEYS: stream, dead letters
-- ARGV: group, consumer, entry id, delivery count, 1 to remove the entry (a replay: nobody else
--       reads it), the dead letter's fields and values
-- Returns 1, 0 where the entry is not pending in that delivery any more, or -2 where what has the
-- key of the dead letters is no stream.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] or pending[4] ~= tonumber(ARGV[4]) then return 0 end
local written = redis.pcall('XADD', KEYS[2], '*', unpack(ARGV, 6))
if type(written) == 'table' then
  return string.find(written.err, 'WRONGTYPE', 1, true) and -2 or written
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
if ARGV[5] == '1' then redis.call('XDEL', KEYS[1], ARGV[3]) end
return 1
