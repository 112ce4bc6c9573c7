-- Put before every script that changes messages, after _clock.lua (RedisScript.cs). A message is in the list of its state and in no other.
-- KEYS[1]       the prepared ones, by when they were
-- KEYS[2]       the same, by when to ask for their local transaction
-- KEYS[3]       their databases
-- KEYS[4]       the submitted ones, by when they were
-- KEYS[5]       the failed ones, by when they were submitted
-- KEYS[6]       the consumed ones, by their end
-- KEYS[7]       the cancelled ones, by their end
-- KEYS[8]       those whose rows can go: <message> <database or nothing>
-- KEYS[9], ...  the records of messages
-- Fields: state, database, document, prepared, submitted, ended, reason, branches (a line each),
--   branch:<branch> = <w waiting, c consumed, f failed, x cancelled> <attempts> <when that was told> <fence> <+ and the reason, or nothing>
local FIRST_RECORD = 9
local asked, databases, over = KEYS[2], KEYS[3], KEYS[8]
local lists = { prepared = KEYS[1], submitted = KEYS[4], failed = KEYS[5], consumed = KEYS[6], cancelled = KEYS[7] }

local function unlist(id)
  for _, list in pairs(lists) do
    redis.call('ZREM', list, id)
  end
  redis.call('ZREM', asked, id)
  redis.call('HDEL', databases, id)
end

local function turn(record, id, state, at)
  unlist(id)
  redis.call('HSET', record, 'state', state)
  redis.call('ZADD', lists[state], at, id)
  redis.call('PEXPIRE', lists[state], ms(MESSAGE))
  if state == 'consumed' or state == 'cancelled' then
    redis.call('ZREMRANGEBYRANK', lists[state], '0', ms(-LISTED_MESSAGES - 1))
  end
end

local function letter(record, branch)
  local note = redis.call('HGET', record, 'branch:' .. branch)
  return note and string.sub(note, 1, 1) or 'w'
end

local function branches(record)
  return string.gmatch(redis.call('HGET', record, 'branches') or '', '[^\n]+')
end

-- It has ended; the end stays, whatever becomes of a branch afterwards.
local function finish(record, id, kept)
  if redis.call('HSETNX', record, 'ended', ms(now)) == 0 then
    return
  end
  redis.call('RPUSH', over, id .. ' ' .. (redis.call('HGET', record, 'database') or ''))
  redis.call('LTRIM', over, ms(-ENDED_MESSAGES), '-1')
  redis.call('PEXPIRE', over, ms(MESSAGE))
  redis.call('PEXPIRE', record, ms(kept))
end

-- The state of a message that was submitted, by its branches.
local function settle(record, id, kept)
  local any, found = false, {}
  for branch in branches(record) do
    any = true
    found[letter(record, branch)] = true
  end
  if found.w or found.f then
    turn(record, id, found.f and 'failed' or 'submitted', redis.call('HGET', record, 'submitted'))
    redis.call('PEXPIRE', record, ms(MESSAGE))
  else
    turn(record, id, (found.c or not any) and 'consumed' or 'cancelled', redis.call('HGET', record, 'ended') or ms(now))
    finish(record, id, kept)
  end
end
