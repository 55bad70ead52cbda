-- Deliver once more what this consumer holds.
-- KEYS: stream
-- ARGV: group, consumer, entry id, the new delivery count
-- Returns 1, 0 where this consumer does not hold it any more, or -1 where it is still pending and
-- was removed from the stream: it is acknowledged then.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] then return 0 end
if #redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3]) == 0 then
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
  return -1
end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'RETRYCOUNT', ARGV[4], 'JUSTID')
return 1
