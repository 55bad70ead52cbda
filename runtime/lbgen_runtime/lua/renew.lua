-- Renew the idle time of what this consumer still holds.
-- KEYS: stream
-- ARGV: group, consumer, how many of the ids are renewed (the rest is only looked at),
--       idle milliseconds from which on an entry was handed back, ids
-- Returns the ids that another consumer has taken, and those that were renewed.
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
if #mine > 0 then
  mine[#mine + 1] = 'JUSTID'
  redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, unpack(mine))
  mine[#mine] = nil
end
return { taken, mine }
