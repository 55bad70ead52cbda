-- Move one entry to the dead letters and acknowledge it, if this consumer still holds it in the
-- delivery after which it is given up. The server copies the entry: it may have any size.
-- KEYS: stream, dead letters
-- ARGV: group, consumer, entry id, delivery count, 1 where the entry is a replay (it is a letter, and
--       is removed: nobody else reads it), the first field of a letter and its value, the field that
--       packs an entry too wide for a script, 1 where the caller's own copy of the entry's fields
--       and values follows, for one that was removed from the stream
-- Returns 1; 0 where the entry is not pending in that delivery any more; -2 where what has the key of
-- the dead letters is no stream; -3 where the entry was removed and there is no copy.
local stream, group, id, replayed = KEYS[1], ARGV[1], ARGV[3], ARGV[5] == '1'
local pending = redis.call('XPENDING', stream, group, id, id, 1)[1]
if not pending or pending[2] ~= ARGV[2] or pending[4] ~= tonumber(ARGV[4]) then return 0 end
local fields, first = {}, 1
local entry = redis.call('XRANGE', stream, id, id)[1]
if entry then
  fields = entry[2]
  if replayed and fields[1] == ARGV[6] then first = 3 end
elseif ARGV[9] == '1' then
  for i = 10, #ARGV do fields[#fields + 1] = ARGV[i] end
else
  return -3
end
-- A script passes on less than 8,000 values.
if #fields - first >= 7000 then
  local packed = {}
  for i = first, #fields do packed[#packed + 1] = #fields[i] .. ':' .. fields[i] end
  fields, first = { ARGV[8], table.concat(packed) }, 1
end
local written = redis.pcall('XADD', KEYS[2], '*', ARGV[6], ARGV[7], unpack(fields, first))
if type(written) == 'table' then
  return string.find(written.err, 'WRONGTYPE', 1, true) and -2 or written
end
redis.call('XACK', stream, group, id)
if replayed then redis.call('XDEL', stream, id) end
return 1
