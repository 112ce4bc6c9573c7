-- Appends one message to each of several inboxes, which expire when nobody empties them, and keep the newest entries when nobody takes them.
-- KEYS  the inboxes, all in one slot where the server is a cluster
-- ARGV  a message for each
for i, inbox in ipairs(KEYS) do
  redis.call('RPUSH', inbox, ARGV[i])
  redis.call('LTRIM', inbox, -LONGEST_LIST, -1)
  redis.call('PEXPIRE', inbox, ms(MESSAGES))
end
