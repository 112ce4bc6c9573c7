-- Returns ended groups of one service, newest first: place, the first two lines of the record; and so on.
-- KEYS[1]  the records of its ended groups
-- KEYS[2], ...: lists of such groups, by end and group, all at 0
local most   = tonumber(ARGV[1])
local lowest = ARGV[2] -- as ZREVRANGEBYLEX takes it
-- ARGV[3], ...: the highest of each list, likewise

local places = {}
for i = 2, #KEYS do
  for _, place in ipairs(redis.call('ZREVRANGEBYLEX', KEYS[i], ARGV[i + 1], lowest, 'LIMIT', '0', ms(most))) do
    places[#places + 1] = place
  end
end
if #KEYS > 2 then
  table.sort(places, function(one, other) return one > other end)
end
local wanted = {}
for i = 1, math.min(most, #places) do
  wanted[i] = string.sub(places[i], 17)
end
if #wanted == 0 then
  return {}
end
local listed = {}
for i, record in ipairs(redis.call('HMGET', KEYS[1], unpack(wanted))) do
  if record then
    listed[#listed + 1] = places[i]
    listed[#listed + 1] = string.match(record, '^[^\n]*\n[^\n]*')
  end
end
return listed
