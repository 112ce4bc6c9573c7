-- Returns how many pieces are ready, later, taken and set aside.
-- KEYS  the queue (_queue.lua)
local counts = { ms(redis.call('ZCARD', lists.r) + redis.call('ZCARD', waiting)) }
for i, state in ipairs({ 'l', 't', 'a' }) do
  counts[i + 1] = ms(redis.call('ZCARD', lists[state]))
end
return counts
