-- The local transactions of messages have committed. Returns the branches of each that are consumed already, a line each.
-- KEYS  the messages of the service (_message.lua), a record for each
-- ARGV  message, database or nothing, document, its branches, a line each; and so on
local WIDTH = 4

local replies = {}
for i = FIRST_RECORD, #KEYS do
  local record, at = KEYS[i], 1 + (i - FIRST_RECORD) * WIDTH
  local id, database, document, names = unpack(ARGV, at, at + WIDTH - 1)
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
  replies[#replies + 1] = table.concat(consumed, '\n')
end
return replies
