-- Tells what became of branches. Returns nothing.
-- KEYS  the messages of the service (_message.lua), a record for each of the news
local kept = tonumber(ARGV[1]) -- milliseconds
-- ARGV[2], [3], ...: message, branch, <w|c|f|x>, attempts, fence of the hold or 0, + and the reason or nothing
local WIDTH = 6

-- What is consumed stays so, what an operator took back or what has ended can only turn out to be consumed, and what an earlier hold came to is old.
local function is_news(note, ended, becomes, fence)
  local known, last = string.match(note or 'w 0 0 0 ', '^(%a) %d+ %d+ (%d+) ')
  if known == 'c' then
    return false
  end
  if becomes ~= 'c' and (known == 'x' or ended) then
    return false
  end
  return becomes == 'c' or becomes == 'x' or tonumber(fence) >= tonumber(last)
end

local messages, records = {}, {} -- by record, and the records in their order
for i = FIRST_RECORD, #KEYS do
  local record, at = KEYS[i], 2 + (i - FIRST_RECORD) * WIDTH
  local id, branch, becomes, attempts, fence, reason = unpack(ARGV, at, at + WIDTH - 1)
  local message, note = messages[record], nil
  if message then
    note = message.notes[branch] or redis.call('HGET', record, 'branch:' .. branch)
  else
    message = { record = record, id = id, fields = {}, notes = {} }
    message.state, message.submitted, message.ended, message.database, message.branches, note =
      unpack(redis.call('HMGET', record, 'state', 'submitted', 'ended', 'database', 'branches', 'branch:' .. branch))
    messages[record] = message
    records[#records + 1] = record
  end
  if message.state and is_news(note, message.ended, becomes, fence) then
    note = becomes .. ' ' .. attempts .. ' ' .. ms(now) .. ' ' .. fence .. ' ' .. reason
    message.notes[branch] = note
    message.fields[#message.fields + 1] = 'branch:' .. branch
    message.fields[#message.fields + 1] = note
  end
end
for _, record in ipairs(records) do
  local message = messages[record]
  if #message.fields > 0 then
    if message.submitted then
      settle(message, kept, letters(record, branches(message.branches), message.notes))
    else
      redis.call('HSET', record, unpack(message.fields))
    end
  end
end
file()
