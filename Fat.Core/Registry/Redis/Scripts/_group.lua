-- Put before every script that touches the hash of a group, after _clock.lua (RedisScript.cs).
-- KEYS[1]  the hash of the group
-- Fields: root, database, deadline, sealed, missing, pending, decision, set, abort.service, abort.method, abort.reason, trace,
--   call:<call> = the scope that owns it      scope:<scope> = <instance> <calls> <transactions> <name>
--   closed:<scope> = its pending calls, and in a second line the branches that it names
--   branch:<branch> = <p|r|o|j> <instance>       done:<branch> = 1
local group = KEYS[1]

local function reply(flag)
  return { flag, ms(now), redis.call('HGETALL', group) }
end

-- What has become of the group: most callers need no more, and a whole record costs both sides time.
local function fate(flag)
  local names = { 'decision', 'set', 'abort.service', 'abort.method', 'abort.reason' }
  local known = {}
  for i, value in ipairs(redis.call('HMGET', group, unpack(names))) do
    if value then
      known[#known + 1] = names[i]
      known[#known + 1] = value
    end
  end
  return { flag, ms(now), known }
end

-- An undecided group stays past its deadline; a decision has set its own expiry.
local function keep()
  if redis.call('HEXISTS', group, 'decision') == 1 then
    return
  end
  local deadline = tonumber(redis.call('HGET', group, 'deadline') or now)
  redis.call('PEXPIREAT', group, ms(math.max(deadline, now) + OPEN_GRACE))
end

-- The first scope under a call id owns it (rule S8).
local function owns(call, scope)
  return redis.call('HSETNX', group, 'call:' .. call, scope) == 1
    or redis.call('HGET', group, 'call:' .. call) == scope
end

local function is_open(entry)
  local letter = string.sub(entry, 1, 1)
  return letter == 'o' or letter == 'j'
end

-- A vote never goes back.
local function vote(branch, entry)
  local known = redis.call('HGET', group, 'branch:' .. branch)
  if not known or is_open(known) then
    redis.call('HSET', group, 'branch:' .. branch, entry)
  end
end

local function expire_soon_when_done()
  if redis.call('HGET', group, 'decision') ~= 'committed' or redis.call('PTTL', group) <= DONE then
    return
  end
  for branch in string.gmatch(redis.call('HGET', group, 'set'), '([^ \n]+) [^\n]+') do
    if redis.call('HEXISTS', group, 'done:' .. branch) == 0 then
      return
    end
  end
  redis.call('PEXPIRE', group, ms(DONE))
end

-- The first decision stays. set: a line '<branch> <vote> <instance>' for each branch that it commits. kept: how long a commit waits for
-- branches that are not done.
local function decide(decision, set, kept)
  if redis.call('HSETNX', group, 'decision', decision) == 0 then
    return
  end
  if decision ~= 'committed' then
    redis.call('PEXPIRE', group, ms(ROLLED_BACK))
    return
  end
  redis.call('HSET', group, 'set', set)
  redis.call('PEXPIRE', group, ms(kept))
  for branch, entry in string.gmatch(set, '([^ \n]+) ([^\n]+)') do
    vote(branch, entry)
  end
  expire_soon_when_done()
end
