-- Returns open groups, soonest deadline first: group, database, milliseconds to the deadline (negative when past); and so on.
-- KEYS[1]  the groups by deadline
-- KEYS[2]  their decision databases
local skip = tonumber(ARGV[1])
local most = tonumber(ARGV[2])

local found = redis.call('ZRANGE', KEYS[1], skip, skip + most - 1, 'WITHSCORES')
local open = {}
for i = 1, #found, 2 do
  open[#open + 1] = found[i]
  open[#open + 1] = redis.call('HGET', KEYS[2], found[i]) or ''
  open[#open + 1] = ms(tonumber(found[i + 1]) - now)
end
return open
