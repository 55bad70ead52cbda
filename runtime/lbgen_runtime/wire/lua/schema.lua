-- Publish an API's schema for Lightbus, unless a Lightbus process keeps its own there.
-- KEYS: schema:{api}
-- ARGV: the schema, seconds for which it holds, the words by which ours are known
-- Returns 1, or 0 where a Lightbus process keeps one.
local current = redis.call('GET', KEYS[1])
if current and not string.find(current, ARGV[3], 1, true) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
