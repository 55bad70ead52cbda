-- Acknowledge what this consumer still holds, in the delivery in which it was handled.
-- KEYS: stream
-- ARGV: group, consumer, 1 to remove the entries (replays: nobody else reads them), then per entry:
--       its id, its delivery count; best in the order of the ids
-- Returns the ids that were not acknowledged because they are pending in another delivery.
-- What is not pending at all was acknowledged before.
local stream, group, consumer = KEYS[1], ARGV[1], ARGV[2]
-- One look finds most: those of one batch lie side by side. Its work is bounded by the batch.
local held = {}
local most = #ARGV - 3
for _, entry in ipairs(
    redis.call('XPENDING', stream, group, ARGV[4], ARGV[#ARGV - 1], most, consumer)) do
  held[entry[1]] = entry
end
local mine, others = {}, {}
for i = 4, #ARGV, 2 do
  local id = ARGV[i]
  local entry = held[id] or redis.call('XPENDING', stream, group, id, id, 1)[1]
  if entry then
    local handled = entry[2] == consumer and entry[4] == tonumber(ARGV[i + 1])
    local into = handled and mine or others
    into[#into + 1] = id
  end
end
if #mine > 0 then
  redis.call('XACK', stream, group, unpack(mine))
  if ARGV[3] == '1' then redis.call('XDEL', stream, unpack(mine)) end
end
return others
