-- Who forced which decision, and why. Nothing deletes from it: it is the operators' own.
CREATE TABLE IF NOT EXISTS {audit} (
  id          bigint        GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  gid         varchar(128)  NOT NULL,
  decision    varchar(45)   NOT NULL, -- asked for: committed or rolledback
  effect      varchar(45)   NOT NULL, -- decided, or none when there was a decision
  standing    varchar(45)   NOT NULL, -- the decision that stands
  branches    text,                   -- what that one commits
  who         varchar(200)  NOT NULL,
  why         varchar(2000) NOT NULL,
  instance    varchar(60)   NOT NULL,
  create_time timestamptz   NOT NULL DEFAULT now()
);
