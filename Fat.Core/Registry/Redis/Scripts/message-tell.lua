-- Tells what became of branches. Returns nothing.
-- KEYS  the messages of the service (_message.lua), a record for each of the news
local kept = tonumber(ARGV[1]) -- milliseconds
-- ARGV[2], [3], ...: message, branch, <w|c|f|x>, attempts, + and the reason or nothing

-- What is consumed stays so, and what an operator took back or what has ended can only turn out to be consumed.
local function is_news(record, branch, becomes)
  local known = letter(record, branch)
  if known == 'c' then
    return false
  end
  return becomes == 'c' or (known ~= 'x' and redis.call('HEXISTS', record, 'ended') == 0)
end

local changed, messages = {}, {}
for i = FIRST_RECORD, #KEYS do
  local record, at = KEYS[i], 2 + (i - FIRST_RECORD) * 5
  local id, branch, becomes = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if redis.call('HEXISTS', record, 'state') == 1 and is_news(record, branch, becomes) then
    redis.call('HSET', record, 'branch:' .. branch, becomes .. ' ' .. ARGV[at + 3] .. ' ' .. ms(now) .. ' ' .. ARGV[at + 4])
    if not messages[record] then
      messages[record] = id
      changed[#changed + 1] = record
    end
  end
end
for _, record in ipairs(changed) do
  if redis.call('HEXISTS', record, 'submitted') == 1 then
    settle(record, messages[record], kept)
  end
end
