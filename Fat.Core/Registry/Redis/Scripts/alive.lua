-- Returns the instances that were alive within a time: instance, milliseconds since; and so on.
-- KEYS[1]  the instances by the time they were last alive
local within = tonumber(ARGV[1]) -- milliseconds

local alive = redis.call('ZRANGEBYSCORE', KEYS[1], ms(now - within), '+inf', 'WITHSCORES')
for i = 2, #alive, 2 do
  alive[i] = ms(now - tonumber(alive[i]))
end
return alive
