-- Remember up to which entry a stream was trimmed, for as long as an event whose reply was lost
-- may be looked for.
local function note_trimmed(key, upto)
  redis.call('SET', key, upto, 'PX', 900000)
end

-- The lowest entry id that some group has not acknowledged, and that group; nil where every
-- group has acknowledged everything that it was given, or there is no group.
-- What is below the answer may be trimmed.
-- A group that is registered and gone needs everything: its listener begins at the beginning when
-- it makes the group again. The third result is whether the answer is such a group.
local function lowest_needed(stream, registered)
  local lowest, holder
  if redis.call('EXISTS', stream) == 0 then return nil end
  local there = {}
  for _, fields in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local group = {}
    for i = 1, #fields, 2 do group[fields[i]] = fields[i + 1] end
    there[group['name']] = true
    local needed = group['last-delivered-id']
    if group['pending'] > 0 then
      local oldest = redis.call('XPENDING', stream, group['name'])[2]
      if oldest and below(oldest, needed) then needed = oldest end
    end
    if not lowest or below(needed, lowest) then lowest, holder = needed, group['name'] end
  end
  for _, name in ipairs(redis.call('HKEYS', registered)) do
    if not there[name] then return '0-0', name, true end
  end
  return lowest, holder, false
end

