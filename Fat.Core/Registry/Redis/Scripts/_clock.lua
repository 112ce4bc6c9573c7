-- Put before every script, after the lifetimes in milliseconds (RedisScript.cs). The only clock that deadlines are compared with.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

local function ms(number)
  return string.format('%d', number)
end
