-- Look for events among the entries after `after` and up to `upto`, as many as take the server some
-- milliseconds: others wait meanwhile. `found` gets the entry of each id of `wanted` that is there.
-- Returns the last entry that was looked at, and whether that was the last of them.
local function look_through(stream, after, upto, wanted, found)
  -- A field costs about as much as a hundred bytes. A single entry may have a megabyte.
  local left = 2500000
  repeat
    local entries = redis.call('XRANGE', stream, '(' .. after, upto, 'COUNT', 16)
    for _, entry in ipairs(entries) do
      after = entry[1]
      local fields, id = entry[2], nil
      for i = 1, #fields, 2 do
        if not id and fields[i] == 'id' then id = fields[i + 1] end
        left = left - 200 - #fields[i + 1]
      end
      if wanted[id] and not found[id] then found[id] = after end
    end
    if #entries < 16 then return after, true end
  until left < 0
  return after, false
end

