-- Returns what has become of groups, of those alone that are decided or asked to abort: the place among the keys, the time, and the fields.
-- KEYS  the hashes of groups, all in one slot where the server is a cluster
local names = { 'decision', 'set', 'abort.service', 'abort.method', 'abort.reason' }
local fates = {}
for i, group in ipairs(KEYS) do
  local fate = redis.pcall('HMGET', group, 'decision', 'abort.service')
  if failure(fate) then
    return fate
  end
  if not fate.err and (fate[1] or fate[2]) then
    local known = {}
    for at, value in ipairs(redis.call('HMGET', group, unpack(names))) do
      if value then
        known[#known + 1] = names[at]
        known[#known + 1] = value
      end
    end
    fates[#fates + 1] = { i, ms(now), known }
  end
end
return fates
