-- The local transaction has committed. Returns the branches that are consumed already.
-- KEYS  the messages of the service (_message.lua), one record
local id       = ARGV[1]
local database = ARGV[2] -- or nothing
local document = ARGV[3]
local names    = ARGV[4] -- the branches, a line each

local record = KEYS[FIRST_RECORD]
if redis.call('HSETNX', record, 'submitted', ms(now)) == 1 then
  redis.call('HSET', record, 'database', database, 'document', document, 'branches', names)
  redis.call('HDEL', record, 'ended', 'reason')
  settle(record, id, MESSAGE_OVER)
end
local consumed = {}
for branch in branches(record) do
  if letter(record, branch) == 'c' then
    consumed[#consumed + 1] = branch
  end
end
return consumed
