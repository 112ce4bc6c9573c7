-- Takes groups out of the index.
-- KEYS[1]  the groups by deadline
-- KEYS[2]  their decision databases
-- ARGV     the groups
for i = 1, #ARGV do
  redis.call('ZREM', KEYS[1], ARGV[i])
  redis.call('HDEL', KEYS[2], ARGV[i])
end
