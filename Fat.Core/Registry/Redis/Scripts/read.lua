-- Returns 0, then the record, which is empty when there is none.
-- KEYS[1]  the hash of the group
return reply(0)
