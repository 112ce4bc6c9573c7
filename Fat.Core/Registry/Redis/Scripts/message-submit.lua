-- The local transactions of messages have committed. Returns the branches of each that are consumed already, a line each.
-- KEYS  the messages of the service (_message.lua), a record for each
-- ARGV  message, database or nothing, document, its branches, a line each; and so on
local WIDTH = 4

local replies = {}
for i = FIRST_RECORD, #KEYS do
  local record, at = KEYS[i], 1 + (i - FIRST_RECORD) * WIDTH
  local id, database, document, names = unpack(ARGV, at, at + WIDTH - 1)
  local submitted, state, known = unpack(redis.call('HMGET', record, 'submitted', 'state', 'branches'))
  if not submitted then
    redis.call('HSET', record, 'submitted', ms(now), 'database', database, 'document', document, 'branches', names)
  end
  local ids, letters = branches(record, submitted and known or names)
  if not submitted then
    if state then
      redis.call('HDEL', record, 'ended', 'reason')
    end
    settle(record, id, MESSAGE_OVER, letters, ms(now), nil, database)
  end
  local consumed = {}
  for number, letter in ipairs(letters) do
    if letter == 'c' then
      consumed[#consumed + 1] = ids[number]
    end
  end
  replies[#replies + 1] = table.concat(consumed, '\n')
end
file()
return replies
