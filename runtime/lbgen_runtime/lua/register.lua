-- See that a consumer group exists.
-- KEYS: stream, registered groups
-- ARGV: group, entry id after which a new group begins, 1 where the group is known to be lost,
--       consumer, service
-- Returns 'kept', 'created', 'lost' where it had to be created again, or 'taken' and the name of
-- the other service that has a group of this name.
local owner = redis.call('HGET', KEYS[2], ARGV[1])
if owner and owner ~= ARGV[5] then return { 'taken', owner } end
local groups = {}
if redis.call('EXISTS', KEYS[1]) == 1 then groups = redis.call('XINFO', 'GROUPS', KEYS[1]) end
local result
for _, fields in ipairs(groups) do
  for i = 1, #fields, 2 do
    if fields[i] == 'name' and fields[i + 1] == ARGV[1] then result = 'kept' end
  end
end
if not result then
  result = (owner or ARGV[3] == '1') and 'lost' or 'created'
  local start = result == 'lost' and '0' or ARGV[2]
  redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], start, 'MKSTREAM')
end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[5])
redis.call('XGROUP', 'CREATECONSUMER', KEYS[1], ARGV[1], ARGV[4])
return { result }
