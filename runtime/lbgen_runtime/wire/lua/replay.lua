-- Give a dead letter to its listener once more.
-- KEYS: dead letters, replays
-- ARGV: the dead letter's id, group
-- The letter moves to the stream of the listener's replays in one step.
-- Returns the new entry's id, or nil where the letter is gone.
local letter = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not letter then return false end
local id = redis.call('XADD', KEYS[2], '*', unpack(letter[2]))
redis.pcall('XGROUP', 'CREATE', KEYS[2], ARGV[2], '0')
redis.call('XDEL', KEYS[1], ARGV[1])
return id
