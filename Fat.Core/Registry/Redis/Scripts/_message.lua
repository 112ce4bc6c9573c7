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
local FIELDS = 500 -- at once: Lua can hand a command only so many
local asked, databases, over = KEYS[2], KEYS[3], KEYS[8]
local lists = { prepared = KEYS[1], submitted = KEYS[4], failed = KEYS[5], consumed = KEYS[6], cancelled = KEYS[7] }
local moved, entries, ends = {}, {}, {} -- what file() is to do: ids, <at, id, ...> by state, and lines of those whose rows can go

-- Out of whatever list it is in.
local function unlist(id)
  moved[#moved + 1] = id
end

-- Into the list of its state.
local function turn(id, state, at)
  unlist(id)
  local list = entries[state] or {}
  entries[state] = list
  list[#list + 1] = at
  list[#list + 1] = id
end

-- Changes the lists, for all messages of the script together: a script that turns or unlists ends with it.
local function file()
  if #moved == 0 then
    return
  end
  for _, list in pairs(lists) do
    redis.call('ZREM', list, unpack(moved))
  end
  redis.call('ZREM', asked, unpack(moved))
  redis.call('HDEL', databases, unpack(moved))
  for state, list in pairs(entries) do
    redis.call('ZADD', lists[state], unpack(list))
    redis.call('PEXPIRE', lists[state], ms(MESSAGE))
    if state == 'consumed' or state == 'cancelled' then
      redis.call('ZREMRANGEBYRANK', lists[state], '0', ms(-LISTED_MESSAGES - 1))
    end
  end
  if #ends > 0 then
    redis.call('RPUSH', over, unpack(ends))
    redis.call('LTRIM', over, ms(-ENDED_MESSAGES), '-1')
    redis.call('PEXPIRE', over, ms(MESSAGE))
  end
end

-- The ids of branches, and what became of each.
local function branches(record, names)
  local ids, letters = {}, {}
  for id in string.gmatch(names or '', '[^\n]+') do
    ids[#ids + 1] = id
  end
  for first = 1, #ids, FIELDS do
    local fields = {}
    for i = first, math.min(first + FIELDS - 1, #ids) do
      fields[#fields + 1] = 'branch:' .. ids[i]
    end
    for _, note in ipairs(redis.call('HMGET', record, unpack(fields))) do
      letters[#letters + 1] = note and string.sub(note, 1, 1) or 'w'
    end
  end
  return ids, letters
end

-- The state of a message that was submitted, by its branches. An end stays, whatever becomes of a branch afterwards.
local function settle(record, id, kept, letters, submitted, ended, database)
  local found = {}
  for _, letter in ipairs(letters) do
    found[letter] = true
  end
  if found.w or found.f then
    local state = found.f and 'failed' or 'submitted'
    redis.call('HSET', record, 'state', state)
    redis.call('PEXPIRE', record, ms(MESSAGE))
    turn(id, state, submitted)
    return
  end
  local state = (found.c or #letters == 0) and 'consumed' or 'cancelled'
  redis.call('HSET', record, 'state', state, 'ended', ended or ms(now))
  turn(id, state, ended or ms(now))
  if not ended then
    ends[#ends + 1] = id .. ' ' .. (database or '')
    redis.call('PEXPIRE', record, ms(kept))
  end
end
