-- Look for events in a part of a stream.
-- KEYS: stream
-- ARGV: the entry id after which to begin, the one at which to end, then the ids of the events
-- Returns the last entry that was looked at, 1 where that was the last of them, then the id and the
-- entry's id of each event that is there.
local wanted, found = {}, {}
for i = 3, #ARGV do wanted[ARGV[i]] = true end
local last, ended = look_through(KEYS[1], ARGV[1], ARGV[2], wanted, found)
local result = { last, ended and 1 or 0 }
for id, entry in pairs(found) do
  result[#result + 1] = id
  result[#result + 1] = entry
end
return result
