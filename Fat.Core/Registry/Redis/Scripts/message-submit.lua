-- The local transactions of messages have committed. Returns the branches of each that are consumed already, a line each.
-- KEYS  the messages of the service (_message.lua), a record for each
-- ARGV  message, database or nothing, document, its branches, a line each; and so on
local WIDTH = 4

local replies = {}
for i = FIRST_RECORD, #KEYS do
  local record, at = KEYS[i], 1 + (i - FIRST_RECORD) * WIDTH
  local id, database, document, names = unpack(ARGV, at, at + WIDTH - 1)
  local submitted, state, known = unpack(redis.call('HMGET', record, 'submitted', 'state', 'branches'))
  local ids, found = branches(submitted and known or names), {}
  if state then
    found = letters(record, ids, {})
  else
    -- Without a record there are no notes.
    for number in ipairs(ids) do
      found[number] = 'w'
    end
  end
  if not submitted then
    if state then
      redis.call('HDEL', record, 'ended', 'reason')
    end
    settle(
      {
        record = record, id = id, state = state, submitted = ms(now), database = database,
        fields = { 'submitted', ms(now), 'database', database, 'document', document, 'branches', names },
      },
      MESSAGE_OVER, found)
  end
  local consumed = {}
  for number, letter in ipairs(found) do
    if letter == 'c' then
      consumed[#consumed + 1] = ids[number]
    end
  end
  replies[#replies + 1] = table.concat(consumed, '\n')
end
file()
return replies
