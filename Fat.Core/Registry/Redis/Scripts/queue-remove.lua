-- Takes a piece out. Returns 1 if it was there, and the instance to tell, or an empty string.
-- KEYS  the queue (_queue.lua)
local id = ARGV[1]

local piece = find(id)
if not piece then
  return { '0', '' }
end
unlist(piece)
delete(piece)
release(piece)
store()
return { '1', wake() }
