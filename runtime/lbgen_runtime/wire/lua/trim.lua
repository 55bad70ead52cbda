-- Remove what every group has acknowledged and nobody wants kept.
-- KEYS: stream, trimmed, registered groups
-- ARGV: milliseconds to keep (-1: for ever), entries to keep (-1: as the milliseconds say),
--       how many entries to remove at most
-- Returns how many were removed, and where a group holds entries back that are old enough: its
-- name, the age in milliseconds of the first of them (-1: the group is registered and gone), for how
-- many milliseconds none of its consumers was seen (-1: it has no consumer).
local stream = KEYS[1]
if redis.call('EXISTS', stream) == 0 then return { 0 } end
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local needed, holder, gone = lowest_needed(stream, KEYS[3])
local limit = tonumber(ARGV[3])
local old = string.format('%.0f-0', now)
if tonumber(ARGV[2]) >= 0 then
  limit = math.min(limit, redis.call('XLEN', stream) - tonumber(ARGV[2]))
elseif tonumber(ARGV[1]) >= 0 then
  old = string.format('%.0f-0', math.max(now - tonumber(ARGV[1]), 0))
else
  return { 0 }
end
local upto = old
if needed and below(needed, old) then upto = needed end
local removed = 0
if limit > 0 then
  removed = redis.call('XTRIM', stream, 'MINID', '~', upto, 'LIMIT', limit)
  if removed > 0 then note_trimmed(KEYS[2], upto) end
end
if upto == old then return { removed } end
local held = first_held(stream, needed, holder, gone)
if not held then return { removed } end
if tonumber(ARGV[2]) >= 0 then
  -- Trimming goes by whole nodes of a hundred entries or so: what comes later in the stream than
  -- that is not due yet, and nobody holds it back.
  local due = math.min(redis.call('XLEN', stream) - tonumber(ARGV[2]), 100)
  if due <= 0 or #redis.call('XRANGE', stream, '-', '(' .. held, 'COUNT', due) == due then
    return { removed }
  end
elseif not below(held, old) then
  return { removed }
end
if gone then return { removed, holder, -1, -1 } end
local seen = -1
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', stream, holder)) do
  for i = 1, #fields, 2 do
    if fields[i] == 'idle' and (seen < 0 or fields[i + 1] < seen) then seen = fields[i + 1] end
  end
end
return { removed, holder, now - tonumber(string.match(held, '^(%d+)')), seen }
