-- List pending entries that nobody has renewed, a page at a time: no call's work grows with how
-- many are pending.
-- KEYS: stream
-- ARGV: group, idle milliseconds from which on an entry is listed, entry id at which to begin,
--       how many pending entries to look at
-- Returns the entry id at which the next page begins ('' after the last), then the entries as
-- XPENDING shows them.
local page = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], '+', ARGV[4])
local result = { #page == tonumber(ARGV[4]) and '(' .. page[#page][1] or '' }
for _, pending in ipairs(page) do
  if pending[3] >= tonumber(ARGV[2]) then result[#result + 1] = pending end
end
return result
