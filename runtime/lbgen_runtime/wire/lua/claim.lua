-- Take over pending entries, each if it is still as it was seen.
-- KEYS: stream
-- ARGV: group, consumer that claims, milliseconds for which entries of others must be idle, bytes
--       after which no further entry is taken, then per entry: its id, consumer and delivery count
--       as seen, the new delivery count
-- Returns per entry: its fields; 'gone' where it was removed from the stream (it is acknowledged
-- then); 'moved' where it is not as it was seen; 'full' where the bytes are used up.
local stream, group, consumer = KEYS[1], ARGV[1], ARGV[2]
local min_idle, bytes = tonumber(ARGV[3]), tonumber(ARGV[4])

local function take(id, seen_owner, seen_count, new_count)
  local pending = redis.call('XPENDING', stream, group, id, id, 1)[1]
  if not pending then return 'moved' end
  local owner, idle, count = pending[2], pending[3], pending[4]
  local as_seen = owner == seen_owner and count == tonumber(seen_count)
    and (owner == consumer or idle >= min_idle)
  local repeated = owner == consumer and count == tonumber(new_count)
  if not as_seen and not repeated then return 'moved' end
  local entry = redis.call('XRANGE', stream, id, id)[1]
  if not entry then
    redis.call('XACK', stream, group, id)
    return 'gone'
  end
  redis.call('XCLAIM', stream, group, consumer, 0, id, 'RETRYCOUNT', new_count, 'JUSTID')
  for _, text in ipairs(entry[2]) do bytes = bytes - #text end
  return entry[2]
end

local result = {}
for i = 5, #ARGV, 4 do
  result[#result + 1] = bytes > 0 and take(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3])
    or 'full'
end
return result
