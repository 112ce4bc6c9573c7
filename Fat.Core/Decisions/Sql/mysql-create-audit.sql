-- Who forced which decision, and why. Nothing deletes from it: it is the operators' own. Times are UTC.
CREATE TABLE IF NOT EXISTS {audit} (
  id          bigint        NOT NULL AUTO_INCREMENT PRIMARY KEY,
  gid         varchar(128)  NOT NULL,
  decision    varchar(45)   NOT NULL, -- asked for: committed or rolledback
  effect      varchar(45)   NOT NULL, -- decided, or none when there was a decision
  standing    varchar(45)   NOT NULL, -- the decision that stands
  branches    longtext,               -- what that one commits
  who         varchar(200)  NOT NULL,
  why         varchar(2000) NOT NULL,
  instance    varchar(60)   NOT NULL,
  create_time datetime(6)   NOT NULL DEFAULT (UTC_TIMESTAMP(6))
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
