-- See that a consumer group exists.
-- KEYS: stream, registered groups
-- ARGV: group, entry id after which a new group begins, 1 where the group is known to be lost,
--       consumer
-- Returns 'kept', 'created', or 'lost' where it had to be created again.
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if groups.err then
  if redis.call('EXISTS', KEYS[1]) == 1 then return groups end
  groups = {}
end
for _, fields in ipairs(groups) do
  for i = 1, #fields, 2 do
    if fields[i] == 'name' and fields[i + 1] == ARGV[1] then
      redis.call('SADD', KEYS[2], ARGV[1])
      redis.call('XGROUP', 'CREATECONSUMER', KEYS[1], ARGV[1], ARGV[4])
      return 'kept'
    end
  end
end
local lost = ARGV[3] == '1' or redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], lost and '0' or ARGV[2], 'MKSTREAM')
redis.call('XGROUP', 'CREATECONSUMER', KEYS[1], ARGV[1], ARGV[4])
redis.call('SADD', KEYS[2], ARGV[1])
return lost and 'lost' or 'created'
