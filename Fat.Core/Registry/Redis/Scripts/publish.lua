-- The decision is made elsewhere and becomes known. Returns 0, then the record with the decision that stands.
-- KEYS[1]  the hash of the group
local decision = ARGV[1] -- committed or rolledback
local set      = ARGV[2] -- a line '<branch> <vote> <instance>' for each branch that it commits

decide(decision, set, COMMITTED)
return reply(0)
