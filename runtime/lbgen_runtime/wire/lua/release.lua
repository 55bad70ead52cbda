-- Hand back entries that this consumer holds: the next look of any process takes them.
-- KEYS: stream
-- ARGV: group, consumer, idle milliseconds that they get, then per entry: its id, the delivery
--       count that it gets
local released = 0
for i = 4, #ARGV, 2 do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)[1]
  if pending and pending[2] == ARGV[2] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'IDLE', ARGV[3],
      'RETRYCOUNT', ARGV[i + 1], 'JUSTID')
    released = released + 1
  end
end
return released
