-- Remove consumers that were not seen for long and have nothing pending.
-- KEYS: stream
-- ARGV: group, consumer that asks, milliseconds
-- Returns how many were removed, at most a hundred. The one that asks stays, so that no group is without consumers.
local removed = 0
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #fields, 2 do consumer[fields[i]] = fields[i + 1] end
  if consumer['name'] ~= ARGV[2] and consumer['pending'] == 0
      and consumer['idle'] > tonumber(ARGV[3]) and removed < 100 then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer['name'])
    removed = removed + 1
  end
end
return removed
