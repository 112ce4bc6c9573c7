-- The barrier table: DTM's columns, and the payload (a message's content). For services that use it by hand: Fat has no dialect of SQL Server. Times are UTC.
IF OBJECT_ID(N'{table}', N'U') IS NULL
BEGIN
  CREATE TABLE {table} (
    trans_type  varchar(45)  COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT '',
    gid         varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT '',
    branch_id   varchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT '',
    op          varchar(45)  COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT '',
    barrier_id  varchar(45)  COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT '',
    reason      varchar(45)  COLLATE Latin1_General_100_BIN2 NOT NULL DEFAULT '',
    payload     nvarchar(max),
    create_time datetime2(6) NOT NULL DEFAULT SYSUTCDATETIME(),
    update_time datetime2(6) NOT NULL DEFAULT SYSUTCDATETIME(),
    PRIMARY KEY (gid, branch_id, op, barrier_id),
    INDEX fat_msg (op, reason, gid),
    INDEX fat_age (create_time)
  );
END;
