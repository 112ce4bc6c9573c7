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

local changed, messages = {}, {}
for i = FIRST_RECORD, #KEYS do
  local record, at = KEYS[i], 2 + (i - FIRST_RECORD) * WIDTH
  local id, branch, becomes, attempts, fence, reason = unpack(ARGV, at, at + WIDTH - 1)
  local state, ended, note = unpack(redis.call('HMGET', record, 'state', 'ended', 'branch:' .. branch))
  if state and is_news(note, ended, becomes, fence) then
    redis.call('HSET', record, 'branch:' .. branch, becomes .. ' ' .. attempts .. ' ' .. ms(now) .. ' ' .. fence .. ' ' .. reason)
    if not messages[record] then
      messages[record] = id
      changed[#changed + 1] = record
    end
  end
end
for _, record in ipairs(changed) do
  local submitted, ended, database, names = unpack(redis.call('HMGET', record, 'submitted', 'ended', 'database', 'branches'))
  if submitted then
    local _, letters = branches(record, names)
    settle(record, messages[record], kept, letters, submitted, ended, database)
  end
end
file()
