-- Returns the records, each with the time as a field more, or empty when there is none.
-- KEYS  the records of messages of one service
local records = {}
for i, record in ipairs(KEYS) do
  local fields = redis.pcall('HGETALL', record)
  if failure(fields) then
    return fields
  elseif fields.err then
    fields = {}
  elseif #fields > 0 then
    fields[#fields + 1] = 'now'
    fields[#fields + 1] = ms(now)
  end
  records[i] = fields
end
return records
