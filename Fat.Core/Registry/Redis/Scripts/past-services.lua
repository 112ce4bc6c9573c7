-- Returns the services that have ended groups.
-- KEYS[1]  such services, by when that was told
return redis.call('ZRANGEBYSCORE', KEYS[1], ms(now - PAST), '+inf')
