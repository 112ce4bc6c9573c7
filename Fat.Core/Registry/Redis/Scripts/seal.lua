-- The root begins to wait. A later seal replaces an earlier one. Returns 0, then the record.
-- KEYS[1]  the hash of the group
local root    = ARGV[1]
local missing = ARGV[2] -- branches, separated by spaces
local pending = ARGV[3] -- calls, separated by spaces

redis.call('HSETNX', group, 'root', root)
redis.call('HSET', group, 'sealed', '1', 'missing', missing, 'pending', pending)
keep()
return reply(0)
