-- A local transaction is about to begin. Nothing happens to a message that is there. Returns nothing.
-- KEYS  the messages of the service (_message.lua), one record
local id       = ARGV[1]
local database = ARGV[2] -- or nothing
local document = ARGV[3]
local timeout  = tonumber(ARGV[4]) -- milliseconds

local record = KEYS[FIRST_RECORD]
if redis.call('EXISTS', record) == 1 then
  return
end
redis.call('HSET', record, 'state', 'prepared', 'database', database, 'document', document, 'prepared', ms(now))
redis.call('PEXPIREAT', record, ms(now + timeout + PREPARED))
turn(id, false, 'prepared', ms(now))
file()
redis.call('ZADD', asked, ms(now + timeout), id)
redis.call('HSET', databases, id, database)
redis.call('PEXPIRE', asked, ms(MESSAGE))
redis.call('PEXPIRE', databases, ms(MESSAGE))
