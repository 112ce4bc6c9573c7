-- Returns the records, each of which is empty when there is none.
-- KEYS  the records of messages of one service
local records = {}
for i, record in ipairs(KEYS) do
  records[i] = redis.call('HGETALL', record)
end
return records
