-- A scope enters. Returns 1 when another scope owns the call (nothing of this one is recorded), then its fate.
-- KEYS[1]  the hash of the group
local scope     = ARGV[1]
local call      = ARGV[2]
local entry     = ARGV[3] -- <instance> <calls> <transactions> <name>
local root      = ARGV[4]
local database  = ARGV[5]
local remaining = tonumber(ARGV[6]) -- milliseconds
local trace     = ARGV[7] -- the trace of the group (W3C traceparent), only when somebody traces it

redis.call('HSETNX', group, 'root', root)
redis.call('HSETNX', group, 'database', database)
redis.call('HSETNX', group, 'deadline', ms(now + remaining))
if trace then
  redis.call('HSETNX', group, 'trace', trace)
end
keep()
if not owns(call, scope) then
  return fate(1)
end
redis.call('HSET', group, 'scope:' .. scope, entry)
return fate(0)
