#!lua flags=allow-oom
-- Hold the lease of a process name.
-- KEYS: lease
-- ARGV: token, client id and address, milliseconds to hold, the lease of a process that is dead
-- Returns the lease that holds: the caller's own begins with its token.
local lease = redis.call('GET', KEYS[1])
if not lease or lease == ARGV[4] or string.sub(lease, 1, #ARGV[1]) == ARGV[1] then
  lease = ARGV[1] .. ' ' .. ARGV[2]
  redis.call('SET', KEYS[1], lease, 'PX', ARGV[3])
end
return lease
