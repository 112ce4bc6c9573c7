-- Put before every script, after the lifetimes in milliseconds (RedisScript.cs). The only clock that deadlines are compared with.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

local function ms(number)
  return string.format('%d', number)
end

-- What somebody else has put under a key is no record, and must not hide the others that are read with it. Not false where it is anything but that.
local function failure(reply)
  return reply.err and not string.find(reply.err, 'WRONGTYPE', 1, true) and reply
end
