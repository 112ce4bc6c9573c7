-- A process says how it is. Returns nothing.
-- KEYS[1]  what it says
local text = ARGV[1]

redis.call('SET', KEYS[1], text, 'PX', ms(STATUS))
