-- Put before every script that changes messages, after _clock.lua (RedisScript.cs). A message is in the list of its state and in no other.
-- KEYS[1]       the prepared ones, by when they were
-- KEYS[2]       the same, by when to ask for their local transaction
-- KEYS[3]       their databases
-- KEYS[4]       the submitted ones, by when they were
-- KEYS[5]       the failed ones, by when they were submitted
-- KEYS[6]       the consumed ones, by their end
-- KEYS[7]       the cancelled ones, by their end
-- KEYS[8]       those whose rows can go, by when to hand them out: <message> <database or nothing>
-- KEYS[9], ...  the records of messages
-- Fields: state, database, document, prepared, submitted, ended, reason, branches (a line each),
--   branch:<branch> = <w waiting, c consumed, f failed, x cancelled> <attempts> <when that was told> <fence> <+ and the reason, or nothing>
local FIRST_RECORD = 9
local FIELDS = 500 -- at once: Lua can hand a command only so many
local asked, databases, over = KEYS[2], KEYS[3], KEYS[8]
local lists = { prepared = KEYS[1], submitted = KEYS[4], failed = KEYS[5], consumed = KEYS[6], cancelled = KEYS[7] }
-- What file() is to do: ids to take out by the state in whose list they are ('' for any), <at, id, ...> by state, and <at, line, ...> of those whose rows can go.
local left, entries, ends = {}, {}, {}

-- Out of the list of its state, or out of whatever list it is in: false when no record tells.
local function unlist(id, state)
  local ids = left[state or ''] or {}
  left[state or ''] = ids
  ids[#ids + 1] = id
end

-- Into the list of its state, out of that of the one before.
local function turn(id, before, state, at)
  if before ~= state then
    unlist(id, before)
  end
  local list = entries[state] or {}
  entries[state] = list
  list[#list + 1] = at
  list[#list + 1] = id
end

-- Changes the lists, for all messages of the script together: a script that turns or unlists ends with it.
local function file()
  for state, ids in pairs(left) do
    for name, list in pairs(lists) do
      if state == '' or state == name then
        redis.call('ZREM', list, unpack(ids))
      end
    end
    if state == '' or state == 'prepared' then
      redis.call('ZREM', asked, unpack(ids))
      redis.call('HDEL', databases, unpack(ids))
    end
  end
  for state, list in pairs(entries) do
    redis.call('ZADD', lists[state], unpack(list))
    redis.call('PEXPIRE', lists[state], ms(MESSAGE))
    if state == 'consumed' or state == 'cancelled' then
      redis.call('ZREMRANGEBYRANK', lists[state], '0', ms(-LISTED_MESSAGES - 1))
    end
  end
  if #ends > 0 then
    redis.call('ZADD', over, unpack(ends))
    redis.call('ZREMRANGEBYRANK', over, '0', ms(-ENDED_MESSAGES - 1))
    redis.call('PEXPIRE', over, ms(MESSAGE))
  end
end

-- The ids of branches, a line each.
local function branches(names)
  local ids = {}
  for id in string.gmatch(names or '', '[^\n]+') do
    ids[#ids + 1] = id
  end
  return ids
end

-- What became of each. Notes that are not known yet are read.
local function letters(record, ids, notes)
  local unknown = {}
  for _, id in ipairs(ids) do
    if not notes[id] then
      unknown[#unknown + 1] = id
    end
  end
  for first = 1, #unknown, FIELDS do
    local fields = {}
    for i = first, math.min(first + FIELDS - 1, #unknown) do
      fields[#fields + 1] = 'branch:' .. unknown[i]
    end
    for i, note in ipairs(redis.call('HMGET', record, unpack(fields))) do
      notes[unknown[first + i - 1]] = note or 'w'
    end
  end
  local found = {}
  for i, id in ipairs(ids) do
    found[i] = string.sub(notes[id], 1, 1)
  end
  return found
end

-- The state of a message that was submitted, by its branches. An end stays, whatever becomes of a branch afterwards.
-- message  record, id, state before, submitted, ended, database, and further fields to write
local function settle(message, kept, letters)
  local found, fields = {}, message.fields
  for _, letter in ipairs(letters) do
    found[letter] = true
  end
  local is_open = found.w or found.f
  local state = found.f and 'failed' or found.w and 'submitted' or (found.c or #letters == 0) and 'consumed' or 'cancelled'
  local at = is_open and message.submitted or message.ended or ms(now)
  fields[#fields + 1] = 'state'
  fields[#fields + 1] = state
  if not is_open then
    fields[#fields + 1] = 'ended'
    fields[#fields + 1] = at
  end
  redis.call('HSET', message.record, unpack(fields))
  turn(message.id, message.state, state, at)
  if is_open then
    redis.call('PEXPIRE', message.record, ms(MESSAGE))
  elseif not message.ended then
    ends[#ends + 1] = ms(now)
    ends[#ends + 1] = message.id .. ' ' .. (message.database or '')
    redis.call('PEXPIRE', message.record, ms(kept))
  end
end
