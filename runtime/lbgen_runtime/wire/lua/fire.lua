-- Write events that may be in the stream already, each at most once, where there is room.
-- KEYS: stream, barrier, dropped, trimmed, registered groups, then one key per remembered event
-- ARGV: milliseconds to remember (0: not at all),
--       1 to leave a write behind in any case (for WAIT and WAITAOF),
--       entries that the stream may have (0: any number), 1 to drop the oldest of a full stream,
--       then per event: its id; its entry's id where it was seen; the entry id after which it may
--       stand (empty: nowhere); the entry id after which nothing may be trimmed if it is to be
--       written (empty: anything may); how many fields and values follow; the fields and values
-- Returns per event: its entry's id, or why it was not written: TRIMMED; MORE where the stream has
-- more entries after the given one than one step looks at; REFUSED with the server's words; FULL
-- with the group that holds entries back, if there is one.
local stream = KEYS[1]
local remember = tonumber(ARGV[1])
local max_length, drop_oldest = tonumber(ARGV[3]), ARGV[4] == '1'

-- What was seen may have been lost since, with the server that had it.
local trimmed = redis.call('GET', KEYS[4])
local function is_kept(entry)
  return (trimmed and below(entry, trimmed)) or redis.call('XRANGE', stream, entry, entry)[1]
end

local events, entries, wanted, after = {}, {}, {}, nil
local at = 5
while at <= #ARGV do
  local event = { id = ARGV[at], whole_after = ARGV[at + 3], fields = {} }
  for i = 1, tonumber(ARGV[at + 4]) do event.fields[i] = ARGV[at + 4 + i] end
  events[#events + 1] = event
  if remember > 0 then entries[event.id] = redis.call('GET', KEYS[5 + #events]) or nil end
  local seen = ARGV[at + 1]
  if seen ~= '' and not entries[event.id] and is_kept(seen) then entries[event.id] = seen end
  if ARGV[at + 2] ~= '' and not entries[event.id] then
    wanted[event.id] = true
    if not after or below(ARGV[at + 2], after) then after = ARGV[at + 2] end
  end
  at = at + 5 + #event.fields
end

local looked_through = true
if after then
  looked_through = select(2, look_through(stream, after, '+', wanted, entries))
end
local counted, open = {}, 0
for _, event in ipairs(events) do
  local id = event.id
  event.more = wanted[id] and not entries[id] and not looked_through
  if not entries[id] and not event.more and not counted[id] then
    counted[id], open = true, open + 1
  end
end

-- Whole nodes first, as many as one step may remove; where none is left, there is one to cut.
local function trim(how, threshold)
  local removed = redis.call('XTRIM', stream, how, '~', threshold, 'LIMIT', 10000)
  if removed < 5000 then removed = removed + redis.call('XTRIM', stream, how, threshold) end
  return removed
end

local room, full = open, 'FULL'
if max_length > 0 and open > 0 then
  local length = redis.call('XLEN', stream)
  if length + open > max_length then
    local needed, holder, gone = lowest_needed(stream, KEYS[5])
    if needed then
      local removed = trim('MINID', needed)
      length = length - removed
      if removed > 0 then note_trimmed(KEYS[4], needed) end
      if first_held(stream, needed, holder, gone) then full = 'FULL ' .. holder end
    end
  end
  room = max_length - length
  if drop_oldest and room < open then
    local dropped = trim('MAXLEN', math.max(max_length - open, 0))
    redis.call('INCRBY', KEYS[3], dropped)
    local left = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    local now = redis.call('TIME')
    local upto = left and left[1] or string.format('%.0f-0', now[1] * 1000 + now[2] / 1000)
    if dropped > 0 then note_trimmed(KEYS[4], upto) end
    room = open
  end
end

trimmed = redis.call('GET', KEYS[4])
local result, written = {}, false
for i, event in ipairs(events) do
  local id = event.id
  if entries[id] then
    result[i] = entries[id]
  elseif event.more then
    result[i] = 'MORE'
  elseif trimmed and event.whole_after ~= '' and below(event.whole_after, trimmed) then
    result[i] = 'TRIMMED'
  elseif room <= 0 then
    result[i] = full
  else
    local entry = redis.pcall('XADD', stream, '*', unpack(event.fields))
    if type(entry) == 'table' then
      -- What says that this server is not the right one says nothing about the event.
      local code = string.match(entry.err, '^%-?(%u+)')
      if code ~= 'OOM' and code ~= 'MISCONF' then return entry end
      result[i] = 'REFUSED ' .. entry.err
    else
      entries[id], result[i] = entry, entry
      written, room = true, room - 1
    end
  end
  if entries[id] and remember > 0 then
    redis.pcall('SET', KEYS[5 + i], entries[id], 'PX', remember)
  end
end
if ARGV[2] == '1' and not written then redis.call('SET', KEYS[2], '', 'PX', 1000) end
return result
