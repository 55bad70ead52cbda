-- Write events that may be in the stream already, each at most once, where there is room.
-- KEYS: stream, barrier, dropped, trimmed, registered groups, then one key per remembered event
-- ARGV: milliseconds to look back (0: do not look), milliseconds to remember (0: not at all),
--       1 to leave a write behind in any case (for WAIT and WAITAOF),
--       entries that the stream may have (0: any number), 1 to drop the oldest of a full stream,
--       then per event: its id, the milliseconds since its first attempt where it must not be
--       written if it may have been trimmed since (0: it may), how many fields and values follow,
--       the fields and values
-- Returns per event: its entry's id, TRIMMED, or FULL with the group that holds entries back, if
-- there is one.
local stream = KEYS[1]
local look_back, remember = tonumber(ARGV[1]), tonumber(ARGV[2])
local max_length, drop_oldest = tonumber(ARGV[4]), ARGV[5] == '1'

local events, entries, wanted, open = {}, {}, {}, 0
local at = 6
while at <= #ARGV do
  local id, age, count = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local fields = {}
  for i = 1, count do fields[i] = ARGV[at + 2 + i] end
  events[#events + 1] = { id = id, age = age, fields = fields }
  at = at + 3 + count
  if remember > 0 then entries[id] = redis.call('GET', KEYS[5 + #events]) or nil end
  if not entries[id] and not wanted[id] then
    wanted[id] = true
    open = open + 1
  end
end

local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
local function moment(ago) return string.format('%.0f-0', math.max(now - ago, 0)) end

local trimmed
if look_back > 0 then
  trimmed = redis.call('GET', KEYS[4])
  local start = moment(look_back)
  while open > 0 do
    local found = redis.call('XRANGE', stream, start, '+', 'COUNT', 500)
    if #found == 0 then break end
    for _, entry in ipairs(found) do
      local fields = entry[2]
      for i = 1, #fields, 2 do
        if fields[i] == 'id' then
          local id = fields[i + 1]
          if wanted[id] then
            entries[id] = entry[1]
            wanted[id] = nil
            open = open - 1
          end
          break
        end
      end
    end
    start = '(' .. found[#found][1]
  end
end

local room, full = open, 'FULL'
if max_length > 0 and open > 0 then
  local length = redis.call('XLEN', stream)
  if length + open > max_length then
    local needed, holder, gone = lowest_needed(stream, KEYS[5])
    if needed then
      local removed = redis.call('XTRIM', stream, 'MINID', needed)
      length = length - removed
      if removed > 0 then note_trimmed(KEYS[4], needed) end
      if first_held(stream, needed, holder, gone) then full = 'FULL ' .. holder end
    end
  end
  room = max_length - length
  if drop_oldest and room < open then
    local dropped = redis.call('XTRIM', stream, 'MAXLEN', math.max(max_length - open, 0))
    redis.call('INCRBY', KEYS[3], dropped)
    local left = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    if dropped > 0 then note_trimmed(KEYS[4], left and left[1] or moment(0)) end
    room = open
  end
end

local result, written = {}, false
for i, event in ipairs(events) do
  local unseen = trimmed and event.age > 0 and not entries[event.id]
    and below(moment(event.age), trimmed)
  if not entries[event.id] and room > 0 and not unseen then
    entries[event.id] = redis.call('XADD', stream, '*', unpack(event.fields))
    written, room = true, room - 1
  end
  if entries[event.id] and remember > 0 then
    redis.call('SET', KEYS[5 + i], entries[event.id], 'PX', remember)
  end
  result[i] = entries[event.id] or (unseen and 'TRIMMED' or full)
end
if ARGV[3] == '1' and not written then redis.call('SET', KEYS[2], '', 'PX', 1000) end
return result
