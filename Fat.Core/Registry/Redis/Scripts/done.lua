-- Branches have obeyed the decision. A record that is gone is not made again. Returns nothing.
-- KEYS[1]  the hash of the group
-- ARGV     the branches
if redis.call('EXISTS', group) == 0 then
  return
end
for i = 1, #ARGV do
  redis.call('HSET', group, 'done:' .. ARGV[i], '1')
end
expire_soon_when_done()
