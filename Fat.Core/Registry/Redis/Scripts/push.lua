-- Appends to a list that expires when nobody empties it.
-- KEYS[1]  the inbox or the list of requests
-- ARGV     the entries, oldest first
for i = 1, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ms(MESSAGES))
