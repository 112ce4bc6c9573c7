-- Returns prepared messages past their time-out, longest first, and puts them off: message, database or nothing; and so on.
-- KEYS[1]  the prepared messages of the service, by when to ask for their local transaction
-- KEYS[2]  their databases
local most  = ARGV[1]
local pause = tonumber(ARGV[2]) -- milliseconds

local overdue = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ms(now), 'LIMIT', '0', most)) do
  redis.call('ZADD', KEYS[1], ms(now + pause), id)
  overdue[#overdue + 1] = id
  overdue[#overdue + 1] = redis.call('HGET', KEYS[2], id) or ''
end
return overdue
