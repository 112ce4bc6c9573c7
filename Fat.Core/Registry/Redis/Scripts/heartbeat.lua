-- An instance is alive. Those that have not been for long are forgotten.
-- KEYS[1]  the instances by the time they were last alive
local instance = ARGV[1]

redis.call('ZADD', KEYS[1], ms(now), instance)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms(now - HEARTBEAT))
redis.call('PEXPIRE', KEYS[1], ms(HEARTBEAT))
