-- Begins leases anew. Returns which of the holds, counted from 1, are not the caller's any more.
-- KEYS  the queue (_queue.lua)
local lease = tonumber(ARGV[1]) -- milliseconds
-- ARGV[2], [3], ...: id, fence

local ids = {}
for i = 2, #ARGV, 2 do
  ids[#ids + 1] = ARGV[i]
end
know(ids)
although_full()
local lost = {}
for i = 2, #ARGV, 2 do
  local piece = find(ARGV[i])
  if piece and piece.state == 't' and piece.fence == tonumber(ARGV[i + 1]) then
    list(piece, 't', now + lease)
  else
    lost[#lost + 1] = ms(i / 2)
  end
end
store()
return lost
