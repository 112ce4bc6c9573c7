-- Appends to a list that expires when nobody empties it, and that keeps the newest entries when nobody takes them.
-- KEYS[1]  the inbox or the list of requests
-- ARGV     the entries, oldest first
for i = 1, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[i])
end
redis.call('LTRIM', KEYS[1], -LONGEST_LIST, -1)
redis.call('PEXPIRE', KEYS[1], ms(MESSAGES))
