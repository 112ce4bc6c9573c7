-- Returns of each piece its state (_queue.lua) or an empty string, how often it failed, + and why it failed last or nothing,
-- and the time by which it is listed or an empty string. One that no list has counts as lost: whoever puts it again lists it.
-- KEYS  the queue (_queue.lua)
-- ARGV  the pieces
know(ARGV)
local views = {}
for i = 1, #ARGV do
  local piece = find(ARGV[i])
  local state, failures, reason, at = '', '', nil, nil
  local score = piece and listed(piece)
  if score then
    state, failures = piece.state, ms(piece.failures)
    reason = redis.call('HGET', pieces, 'r:' .. piece.id)
    at = state ~= 'k' and state ~= 'r' and score
  end
  for _, value in ipairs({ state, failures, reason and '+' .. reason or '', at and ms(tonumber(at)) or '' }) do
    views[#views + 1] = value
  end
end
return views
