-- Adds open groups to the index. It expires a while after the latest deadline in it.
-- KEYS[1]  the groups by deadline
-- KEYS[2]  their decision databases
-- ARGV     group, database, milliseconds to the deadline; and so on
local last = math.max(0, redis.call('PTTL', KEYS[1]) - OPEN_INDEX)
for i = 1, #ARGV, 3 do
  local remaining = tonumber(ARGV[i + 2])
  redis.call('ZADD', KEYS[1], ms(now + remaining), ARGV[i])
  redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
  last = math.max(last, remaining)
end
redis.call('PEXPIRE', KEYS[1], ms(last + OPEN_INDEX))
redis.call('PEXPIRE', KEYS[2], ms(last + OPEN_INDEX))
