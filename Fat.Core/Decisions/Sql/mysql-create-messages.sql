-- Indexes of the barrier table for messages. Only MariaDB knows IF NOT EXISTS here; one statement, so that there are both or neither.
ALTER TABLE {table} ADD INDEX fat_msg (op, reason, gid), ADD INDEX fat_age (create_time);
