-- A service has ended groups. Returns nothing.
-- KEYS[1]  such services, by when that was told
local service = ARGV[1]

redis.call('ZADD', KEYS[1], ms(now), service)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms(now - PAST))
redis.call('ZREMRANGEBYRANK', KEYS[1], '0', ms(-PAST_SERVICES - 1))
redis.call('PEXPIRE', KEYS[1], ms(PAST))
