-- Puts pieces; those that are there stay as they are. Returns the instance to tell, or an empty string.
-- KEYS  the queue (_queue.lua)
-- ARGV  id, body, + and the key or nothing, milliseconds until it is due; and so on

local ids = {}
for i = 1, #ARGV, 4 do
  ids[#ids + 1] = ARGV[i]
end
know(ids)
for i = 1, #ARGV, 4 do
  local piece = find(ARGV[i])
  if not piece then
    local key, delay = ARGV[i + 2], tonumber(ARGV[i + 3])
    piece = { id = ARGV[i], fence = 0, failures = 0, place = number(), due = delay > 0 and now + delay or 0, key = key ~= '' and string.sub(key, 2) or nil }
    set('b:' .. piece.id, ARGV[i + 1])
    enter(piece)
  elseif not changed[piece.id] and not listed(piece) then
    unlist(piece)
    enter(piece)
  end
end
store()
for _, id in ipairs(ids) do
  -- Whoever looks again later does not know that this one is due before.
  if find(id).state == 'l' and redis.call('ZRANK', lists.l, id) == 0 then
    news = true
  end
end
-- An earlier put may not have told anybody.
news = news or redis.call('ZCARD', lists.r) > 0
return wake()
