-- The local transaction was rolled back. Nothing happens to a message that is submitted or not there. Returns nothing.
-- KEYS  the messages of the service (_message.lua), one record
local id     = ARGV[1]
local reason = ARGV[2]

local record = KEYS[FIRST_RECORD]
local state = redis.call('HGET', record, 'state')
if state == 'prepared' then
  redis.call('HSET', record, 'state', 'cancelled', 'ended', ms(now), 'reason', reason)
  redis.call('PEXPIRE', record, ms(MESSAGE_OVER))
  turn(id, state, 'cancelled', ms(now))
elseif not state then
  -- Its record has expired; nobody is to be asked again.
  unlist(id, state)
end
file()
