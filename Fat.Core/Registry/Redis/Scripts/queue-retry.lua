-- Makes a piece that waits for its time or was set aside due now. Returns 1 if it was one, and the instance to tell, or an empty string.
-- KEYS  the queue (_queue.lua)
local id = ARGV[1]

local piece = find(id)
if not piece or (piece.state ~= 'l' and piece.state ~= 'a') then
  return { '0', '' }
end
unlist(piece)
gone[1] = 'r:' .. id
piece.failures = 0
piece.due = 0
enter(piece)
store()
return { '1', wake() }
