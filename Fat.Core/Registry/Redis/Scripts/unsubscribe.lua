-- A group of subscribers wants it no longer. A topic without any is forgotten.
-- KEYS[1]  the topics
-- KEYS[2]  the groups of the topic
local topic = ARGV[1]
local group = ARGV[2]

redis.call('SREM', KEYS[2], group)
if redis.call('SCARD', KEYS[2]) == 0 then
  redis.call('SREM', KEYS[1], topic)
end
