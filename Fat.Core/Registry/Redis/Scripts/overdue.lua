-- Returns groups past their deadline, oldest first: group, database, milliseconds to the deadline (none or less); and so on.
-- KEYS[1]  the groups by deadline
-- KEYS[2]  their decision databases
local most = ARGV[1]

local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ms(now), 'WITHSCORES', 'LIMIT', '0', most)
local overdue = {}
for i = 1, #found, 2 do
  local database = redis.call('HGET', KEYS[2], found[i])
  if database then
    overdue[#overdue + 1] = found[i]
    overdue[#overdue + 1] = database
    overdue[#overdue + 1] = ms(tonumber(found[i + 1]) - now)
  end
end
return overdue
