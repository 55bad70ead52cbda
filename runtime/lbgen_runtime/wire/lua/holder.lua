-- The first entry that a group has not acknowledged, pending or undelivered; nil where there is
-- none. The arguments after the stream are what `lowest_needed` has answered.
local function first_held(stream, needed, holder, gone)
  if not holder then return nil end
  if not gone and redis.call('XPENDING', stream, holder, needed, needed, 1)[1] then
    return needed
  end
  local entry = redis.call('XRANGE', stream, '(' .. needed, '+', 'COUNT', 1)[1]
  return entry and entry[1]
end

