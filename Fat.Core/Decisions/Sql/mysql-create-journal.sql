-- What held branches are about to do, until they have obeyed the decision; and what became of those that a crash took. Times are UTC.
CREATE TABLE IF NOT EXISTS {journal} (
  gid               varchar(128) NOT NULL,
  branch_id         varchar(128) NOT NULL,
  service           varchar(45)  NOT NULL,                       -- whose branch it is
  database_name     varchar(45)  NOT NULL,                       -- this database, as that service calls it
  instance          varchar(60)  NOT NULL,                       -- the process that holds the transaction open
  root_service      varchar(45)  NOT NULL,                       -- whom to ask for the decision
  decision_database varchar(45)  NOT NULL,                       -- and where that is
  call_service      text         NOT NULL,                       -- the type that was called
  call_method       text         NOT NULL,                       -- its method, with the types of its parameters
  call_name         text         NOT NULL,                       -- both for people
  replay            smallint     NOT NULL,                       -- 1: the method may run again
  arguments         longtext,                                    -- JSON; null when there are none
  problem           longtext,                                    -- why there are none
  state             varchar(20)  NOT NULL DEFAULT 'journalled',  -- then open, failed, replayed or closed: an incident
  version           int          NOT NULL DEFAULT 0,             -- goes up with every change
  attempts          int          NOT NULL DEFAULT 0,             -- how often a replay was begun
  reason            longtext,                                    -- why it is open, or what an operator noted
  next_time         datetime(6),                                 -- not replayed before
  create_time       datetime(6)  NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  update_time       datetime(6)  NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  PRIMARY KEY (gid, branch_id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- Whom incidents are told to: a row for each change, written with it.
CREATE TABLE IF NOT EXISTS {journal}_events (
  event_id    varchar(36)  NOT NULL PRIMARY KEY,
  gid         varchar(128) NOT NULL,
  branch_id   varchar(128) NOT NULL,
  number      int          NOT NULL,            -- the incident's version
  kind        varchar(20)  NOT NULL,            -- opened, replayed, failed or closed
  reason      longtext,
  who         varchar(200),                     -- the operator
  attempts    int          NOT NULL,
  instance    varchar(60)  NOT NULL,            -- the process that wrote it
  create_time datetime(6)  NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  handled     smallint     NOT NULL DEFAULT 0,  -- 1: the handlers know
  tries       int          NOT NULL DEFAULT 0,  -- how often telling was begun
  next_time   datetime(6),                      -- not told before
  told_time   datetime(6),                      -- when everybody knew
  UNIQUE (gid, branch_id, number)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
