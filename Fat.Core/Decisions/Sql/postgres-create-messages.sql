-- Indexes of the barrier table for messages. Their names begin with that of the table, without its schema. Rows of branches are many and found by their age alone: a BRIN costs an insert next to nothing.
CREATE INDEX IF NOT EXISTS "{index}_msg" ON {table} (reason, gid) WHERE op = 'msg' AND branch_id = '00';
CREATE INDEX IF NOT EXISTS "{index}_age" ON {table} USING brin (create_time);
