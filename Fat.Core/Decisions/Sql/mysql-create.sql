-- The barrier table: DTM's columns, and the payload (a decision's branches, a message's content). Times are UTC.
CREATE TABLE IF NOT EXISTS {table} (
  trans_type  varchar(45)  NOT NULL DEFAULT '',
  gid         varchar(128) NOT NULL DEFAULT '',
  branch_id   varchar(128) NOT NULL DEFAULT '',
  op          varchar(45)  NOT NULL DEFAULT '',
  barrier_id  varchar(45)  NOT NULL DEFAULT '',
  reason      varchar(45)  NOT NULL DEFAULT '',
  payload     longtext,
  create_time datetime(6)  NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  update_time datetime(6)  NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  PRIMARY KEY (gid, branch_id, op, barrier_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
