-- The decision of a group whose root has no database is made here. Only what the root has registered is committed: a
-- record that was lost and came back by a vote is not the whole group. Returns 0, then its fate with the decision that stands.
-- KEYS[1]  the hash of the group
local proposal = ARGV[1] -- committed or rolledback
local set      = ARGV[2] -- a line '<branch> <vote> <instance>' for each branch that it commits

if redis.call('HEXISTS', group, 'call:0') == 0 then
  proposal = 'rolledback'
end
decide(proposal, set, COMMITTED_HERE)
return fate(0)
