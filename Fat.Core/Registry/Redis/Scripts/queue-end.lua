-- Ends holds. Returns the instance to tell, or an empty string; then which of the holds, counted from 1, are not the caller's any more.
-- KEYS  the queue (_queue.lua)
-- ARGV  id, fence, <d done, f failed, a again, s set aside>, milliseconds until it is due again, + and why or nothing,
--       + and the new body or nothing; and so on
local lost = {}

local function finish(piece, outcome, delay, reason, body)
  if outcome == 'd' then
    delete(piece)
    release(piece)
    return
  end
  if body ~= '' then
    set('b:' .. piece.id, string.sub(body, 2))
  end
  if reason ~= '' then
    set('r:' .. piece.id, string.sub(reason, 2))
  elseif outcome ~= 'a' then
    gone[#gone + 1] = 'r:' .. piece.id
  end
  if outcome ~= 'a' then
    piece.failures = piece.failures + 1
  end
  if outcome == 's' then
    list(piece, 'a', now)
    release(piece)
  else
    piece.due = delay > 0 and now + delay or 0
    list_by_time(piece)
  end
end

local ids = {}
for i = 1, #ARGV, 6 do
  ids[#ids + 1] = ARGV[i]
end
know(ids)
although_full()
for i = 1, #ARGV, 6 do
  local piece = find(ARGV[i])
  if piece and piece.state == 't' and piece.fence == tonumber(ARGV[i + 1]) then
    unlist(piece)
    finish(piece, ARGV[i + 2], tonumber(ARGV[i + 3]), ARGV[i + 4], ARGV[i + 5])
  else
    lost[#lost + 1] = ms((i + 5) / 6)
  end
end
store()
table.insert(lost, 1, wake())
return lost
