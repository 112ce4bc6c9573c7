-- Returns for each instance the milliseconds since it was last alive, or an empty string where that is not known.
-- KEYS[1]  the instances by the time they were last alive
-- ARGV     the instances
local ages = {}
for i = 1, #ARGV do
  local last = redis.call('ZSCORE', KEYS[1], ARGV[i])
  ages[i] = ''
  if last and now - tonumber(last) < HEARTBEAT then
    ages[i] = ms(now - tonumber(last))
  end
end
return ages
