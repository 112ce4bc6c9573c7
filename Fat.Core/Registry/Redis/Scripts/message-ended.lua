-- Returns messages whose rows can go, longest first, and puts them off: <message> <database or nothing>.
-- KEYS[1]  those of the service, by when to hand them out
local most  = ARGV[1] -- some hundreds: Lua can hand a command only so many
local pause = tonumber(ARGV[2]) -- milliseconds

local ended, later = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ms(now), 'LIMIT', '0', most), {}
for _, line in ipairs(ended) do
  later[#later + 1] = ms(now + pause)
  later[#later + 1] = line
end
if #later > 0 then
  redis.call('ZADD', KEYS[1], unpack(later))
end
return ended
