-- See that a consumer group exists, and that it has been given everything it needs.
-- KEYS: stream, registered groups
-- ARGV: group, entry id after which a new group begins, the registration that the caller knows
--       (empty where it has not registered before), consumer, service, a token for a new registration
-- Returns 'kept', 'created', or 'lost' where the group begins again at the beginning, and the
-- registration; or 'taken' and the name of the other service that has a group of this name.
--
-- A registration is what is remembered of a group: its service, the entry after which it begins, and
-- a token. Where a process finds another one than it knows, the server has lost its state since, and
-- the group was made again by a process that could not know of it: what stands before its beginning
-- was never given to anybody. The group is set back, and the registration has two ids more while it
-- is: the last one that was missed, and the last one that the group had been given.
local stream, name, service = KEYS[1], ARGV[1], ARGV[5]

local function position()
  if redis.call('EXISTS', stream) == 0 then return nil end
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local group = {}
    for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
    if group['name'] == name then return group['last-delivered-id'] end
  end
end

local found = redis.call('HGET', KEYS[2], name)
local owner, start, missed, given
if found then
  owner, start, missed, given = string.match(found, '^(%S+) ?(%S*) ?%S* ?(%S*) ?(%S*)$')
  if owner ~= service then return { 'taken', owner } end
end
local known, result, last = ARGV[3], 'kept', position()
local registration = found
if not last then
  result = (found or known ~= '') and 'lost' or 'created'
  redis.call('XGROUP', 'CREATE', stream, name, result == 'lost' and '0' or ARGV[2], 'MKSTREAM')
  start, missed, registration = position(), '', nil
elseif not found or start == '' then
  start, missed, registration = last, '', nil  -- a group of Lightbus, or somebody's own
end
local unknown = result == 'kept' and known ~= '' and known ~= found
local never_given = unknown and redis.call('XREVRANGE', stream, start, '-', 'COUNT', 1)[1]
if never_given then
  result, start = 'lost', '0-0'
  redis.call('XGROUP', 'SETID', stream, name, '0')
  registration = table.concat({ service, start, ARGV[6], never_given[1], last }, ' ')
elseif missed ~= '' and not below(last, missed) then
  -- What was missed is read; what comes next has been given before.
  if below(last, given) then redis.call('XGROUP', 'SETID', stream, name, given) end
  registration = nil
end
if not registration then registration = table.concat({ service, start, ARGV[6] }, ' ') end
if registration ~= found then redis.call('HSET', KEYS[2], name, registration) end
redis.call('XGROUP', 'CREATECONSUMER', stream, name, ARGV[4])
return { result, registration }
