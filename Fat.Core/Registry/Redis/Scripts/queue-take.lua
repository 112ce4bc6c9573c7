-- Takes pieces. Returns the milliseconds until the next delay or lease is over, or an empty string; then of each piece
-- id, body, + and the key or nothing, fence, failures.
-- KEYS  the queue (_queue.lua)
local instance = ARGV[1]
local most     = tonumber(ARGV[2])
local lease    = tonumber(ARGV[3]) -- milliseconds

local reply, count = { '' }, 0

local function take(piece)
  piece.fence = number()
  list(piece, 't', now + lease)
  for _, value in ipairs({ piece.id, redis.call('HGET', pieces, 'b:' .. piece.id) or '', piece.key and '+' .. piece.key or '', ms(piece.fence), ms(piece.failures) }) do
    reply[#reply + 1] = value
  end
  count = count + 1
end

-- Half is for what is ready, if so much is: what hangs and comes again and again would leave nothing to the others. One alone is for either of them, by chance.
local half = most == 1 and tonumber(clock[2]) % 2 or math.ceil(most / 2)
local for_due = most - math.min(redis.call('ZCARD', lists.r), half)

local function each_due(state, act)
  if count >= for_due then
    return
  end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', lists[state], '-inf', ms(now), 'LIMIT', '0', ms(for_due - count))) do
    redis.call('ZREM', lists[state], id)
    local piece = find(id)
    if piece then
      act(piece)
    end
  end
end

each_due('t', function(piece)
  piece.failures = piece.failures + 1
  redis.call('HSET', pieces, 'r:' .. piece.id, 'the lease ended: its taker died or was stopped')
  take(piece)
end)
each_due('l', take)
while count < most do
  local ready = redis.call('ZPOPMIN', lists.r, ms(most - count))
  if #ready == 0 then
    break
  end
  for i = 1, #ready, 2 do
    local piece = find(ready[i])
    if piece then
      take(piece)
    end
  end
end

if count < most then
  redis.call('ZADD', idle, ms(now), instance)
  redis.call('PEXPIRE', idle, ms(MESSAGES))
else
  redis.call('ZREM', idle, instance)
end

local soonest
for _, state in ipairs({ 'l', 't' }) do
  local first = tonumber(redis.call('ZRANGE', lists[state], '0', '0', 'WITHSCORES')[2])
  if first and (not soonest or first < soonest) then
    soonest = first
  end
end
if soonest then
  reply[1] = ms(math.max(0, soonest - now))
end
return reply
