-- A group of subscribers wants what is published to a topic.
-- KEYS[1]  the topics
-- KEYS[2]  the groups of the topic
local topic = ARGV[1]
local group = ARGV[2]

redis.call('SADD', KEYS[1], topic)
redis.call('SADD', KEYS[2], group)
