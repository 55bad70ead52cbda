-- Take over one pending entry, if it still stands as it was seen.
-- KEYS: stream
-- ARGV: group, consumer that claims, entry id, consumer and delivery count as seen,
--       milliseconds for which it must be idle, the new delivery count
-- Returns 'claimed' with the entry's fields; 'gone' where the entry was removed from the stream
-- (it is acknowledged then); 'moved' where another has taken it.
local stream, group, consumer, id = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local pending = redis.call('XPENDING', stream, group, id, id, 1)[1]
if not pending then return { 'moved' } end
local owner, idle, count = pending[2], pending[3], pending[4]
local as_seen = owner == ARGV[4] and count == tonumber(ARGV[5]) and idle >= tonumber(ARGV[6])
local repeated = owner == consumer and count == tonumber(ARGV[7])
if not as_seen and not repeated then return { 'moved' } end
local entry = redis.call('XRANGE', stream, id, id)[1]
if not entry then
  redis.call('XACK', stream, group, id)
  return { 'gone' }
end
redis.call('XCLAIM', stream, group, consumer, 0, id, 'RETRYCOUNT', ARGV[7], 'JUSTID')
return { 'claimed', entry[2] }
