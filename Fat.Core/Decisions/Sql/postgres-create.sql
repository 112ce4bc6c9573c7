-- The barrier table: DTM's columns, and the payload (a decision's branches, a message's content).
CREATE TABLE IF NOT EXISTS {table} (
  trans_type  varchar(45)  NOT NULL DEFAULT '',
  gid         varchar(128) NOT NULL DEFAULT '',
  branch_id   varchar(128) NOT NULL DEFAULT '',
  op          varchar(45)  NOT NULL DEFAULT '',
  barrier_id  varchar(45)  NOT NULL DEFAULT '',
  reason      varchar(45)  NOT NULL DEFAULT '',
  payload     text,
  create_time timestamptz  NOT NULL DEFAULT now(),
  update_time timestamptz  NOT NULL DEFAULT now(),
  PRIMARY KEY (gid, branch_id, op, barrier_id)
);
