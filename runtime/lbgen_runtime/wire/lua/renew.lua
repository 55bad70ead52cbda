-- Renew the idle time of what this consumer still holds.
-- KEYS: stream
-- ARGV: group, consumer, how many of the ids are renewed (the rest is only looked at),
--       idle milliseconds from which on an entry was handed back, ids
-- Returns the ids that another consumer has taken, those that were renewed, and those that were
-- pending and are not in the stream any more: the server forgets them, and nobody else gets them.
local taken, mine = {}, {}
for i = 5, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)[1]
  if pending then
    if pending[2] ~= ARGV[2] then
      taken[#taken + 1] = ARGV[i]
    elseif i - 4 <= tonumber(ARGV[3]) and pending[3] < tonumber(ARGV[4]) then
      mine[#mine + 1] = ARGV[i]
    end
  end
end
local gone = {}
if #mine > 0 then
  mine[#mine + 1] = 'JUSTID'
  local renewed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, unpack(mine))
  mine[#mine] = nil
  if #renewed < #mine then
    local there = {}
    for _, id in ipairs(renewed) do there[id] = true end
    for _, id in ipairs(mine) do
      if not there[id] then gone[#gone + 1] = id end
    end
    mine = renewed
  end
end
return { taken, mine, gone }
