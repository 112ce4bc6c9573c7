-- Somebody asks for an abort; the first reason stays. Returns 1 when the root is to be told, then its fate.
-- KEYS[1]  the hash of the group
local root    = ARGV[1]
local service = ARGV[2]
local method  = ARGV[3]
local reason  = ARGV[4]

if redis.call('HEXISTS', group, 'decision') == 1 then
  return fate(0)
end
redis.call('HSETNX', group, 'root', root)
if redis.call('HSETNX', group, 'abort.service', service) == 1 then
  redis.call('HSET', group, 'abort.method', method, 'abort.reason', reason)
end
keep()
return fate(1)
