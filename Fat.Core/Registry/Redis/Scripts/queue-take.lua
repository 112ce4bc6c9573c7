-- Takes pieces. Returns the milliseconds until the next delay or lease is over, or an empty string; then of each piece
-- id, body, + and the key or nothing, fence, failures.
-- KEYS  the queue (_queue.lua)
local instance = ARGV[1]
local most     = tonumber(ARGV[2])
local lease    = tonumber(ARGV[3]) -- milliseconds

local taken = {}

local function take(piece)
  piece.fence = number()
  list(piece, 't', now + lease)
  taken[#taken + 1] = piece
end

-- Half is for what is ready, if so much is: what hangs and comes again and again would leave nothing to the others. One alone is for either of them, by chance.
local half = most == 1 and tonumber(clock[2]) % 2 or math.ceil(most / 2)
local for_due = most - math.min(redis.call('ZCARD', lists.r), half)

local function each_due(state, act)
  if #taken >= for_due then
    return
  end
  local due = redis.call('ZRANGEBYSCORE', lists[state], '-inf', ms(now), 'LIMIT', '0', ms(for_due - #taken))
  know(due)
  for _, id in ipairs(due) do
    places[state][id] = false
    local piece = find(id)
    if piece then
      act(piece)
    end
  end
end

each_due('t', function(piece)
  piece.failures = piece.failures + 1
  set('r:' .. piece.id, 'the lease ended: its taker died or was stopped')
  take(piece)
end)
each_due('l', take)
while #taken < most do
  local asked, ready = most - #taken, {}
  for i, value in ipairs(redis.call('ZPOPMIN', lists.r, ms(asked))) do
    if i % 2 == 1 then
      ready[#ready + 1] = value
    end
  end
  know(ready)
  for _, id in ipairs(ready) do
    local piece = find(id)
    if piece then
      take(piece)
    end
  end
  if #ready < asked then
    break
  end
end
store()

if #taken < most then
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
local reply = { soonest and ms(math.max(0, soonest - now)) or '' }
if #taken > 0 then
  local names = {}
  for i, piece in ipairs(taken) do
    names[i] = 'b:' .. piece.id
  end
  for i, body in ipairs(redis.call('HMGET', pieces, unpack(names))) do
    local piece = taken[i]
    for _, value in ipairs({ piece.id, body or '', piece.key and '+' .. piece.key or '', ms(piece.fence), ms(piece.failures) }) do
      reply[#reply + 1] = value
    end
  end
end
return reply
