-- Returns for each group 0, the time, and the record, which is empty when there is none.
-- KEYS  the hashes of groups, all in one slot where the server is a cluster
local groups = {}
for i, group in ipairs(KEYS) do
  local record = redis.pcall('HGETALL', group)
  if failure(record) then
    return record
  end
  groups[i] = { 0, ms(now), record.err and {} or record }
end
return groups
