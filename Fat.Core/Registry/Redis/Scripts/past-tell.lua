-- Tells of ended groups of one service. Returns the time, and 1 when nothing was known of the service.
-- KEYS[1]  the records of its ended groups by group, and in the field 'kept' how many it wants to keep
-- KEYS[2]  committed ones, KEYS[3] rolled back ones, KEYS[4] ones in doubt, KEYS[5] ones of which only branches told: by end and group, all at 0
-- KEYS[6]  the counts of the hour, KEYS[7] the counts of the minute
-- A record: <c committed, r rolled back, d in doubt, t told by branches><end> in the first line, what the root told or - and a process in the
-- second, then a line for each word on a branch.
local groups, hour, minute = KEYS[1], KEYS[6], KEYS[7]
local lists = { c = KEYS[2], r = KEYS[3], d = KEYS[4], t = KEYS[5] }
local kept = ARGV[1] -- how many groups to keep
local own  = ARGV[2] -- 1 when that is the word of the service itself
-- ARGV[3], ...: group, <c|r|d|t>, the end (of a branch: its own), what the root told or - and a process, bucket of the duration or nothing,
--   why it rolled back or nothing, a branch or nothing; and so on

local is_new = redis.call('EXISTS', groups) == 0
local records, order = {}, {}

local function find(gid)
  local record = records[gid]
  if record then
    return record
  end
  record = { gid = gid, letter = nil, branches = '' }
  local text = redis.call('HGET', groups, gid)
  if text then
    record.letter, record.ended, record.root, record.branches = string.match(text, '^(%a)(%d+)\n([^\n]*)(.*)$')
    record.listed, record.text = record.letter .. record.ended, text
  end
  records[gid] = record
  order[#order + 1] = record
  return record
end

local counts, reasons, counted, why = {}, {}, {}, {}

local function add(numbers, names, name)
  if not numbers[name] then
    numbers[name] = 0
    names[#names + 1] = name
  end
  numbers[name] = numbers[name] + 1
end

local function count(letter, bucket, reason)
  add(counts, counted, letter)
  if bucket ~= '' then
    add(counts, counted, 'l' .. bucket)
  end
  if letter == 'r' and reason ~= '' then
    add(reasons, why, 'w' .. reason)
  end
end

-- What was known stays, but for a doubt.
local function tell(record, letter, ended, root, bucket, reason)
  if letter ~= 't' and (not record.letter or record.letter == 't') then
    count(letter, bucket, reason)
    record.letter, record.ended = letter, ended
  elseif record.letter == 'd' and (letter == 'c' or letter == 'r') then
    count(letter, '', reason)
    record.letter = letter
  elseif not record.letter then
    record.letter, record.ended = letter, ended
  end
  if not record.root or string.sub(record.root, 1, 1) == '-' then
    record.root = root
  end
end

for i = 3, #ARGV, 7 do
  local record = find(ARGV[i])
  tell(record, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5])
  local branch = '\n' .. ARGV[i + 6]
  if branch ~= '\n' and #record.branches + #branch < PAST_RECORD and not string.find(record.branches .. '\n', branch .. '\n', 1, true) then
    record.branches = record.branches .. branch
  end
end

for _, record in ipairs(order) do
  local text = record.letter .. record.ended .. '\n' .. record.root .. record.branches
  if text ~= record.text then
    redis.call('HSET', groups, record.gid, text)
  end
  local place = record.letter .. record.ended
  if place ~= record.listed then
    if record.listed then
      redis.call('ZREM', lists[string.sub(record.listed, 1, 1)], string.sub(record.listed, 2) .. record.gid)
    end
    redis.call('ZADD', lists[record.letter], '0', record.ended .. record.gid)
  end
end

for _, name in ipairs(counted) do
  redis.call('HINCRBY', hour, name, ms(counts[name]))
  redis.call('HINCRBY', minute, name, ms(counts[name]))
end
for _, reason in ipairs(why) do
  local known = redis.call('HEXISTS', hour, reason) == 1
  if not known and tonumber(redis.call('HGET', hour, 'reasons') or 0) < REASONS_PER_HOUR then
    redis.call('HINCRBY', hour, 'reasons', '1')
    known = true
  end
  redis.call('HINCRBY', hour, known and reason or 'other', ms(reasons[reason]))
end
redis.call('PEXPIRE', hour, ms(HOURS))
redis.call('PEXPIRE', minute, ms(MINUTES))

local wanted = redis.call('HGET', groups, 'kept')
if own == '1' and wanted ~= kept then
  redis.call('HSET', groups, 'kept', kept)
  wanted = kept
end
local too_many, oldest = -tonumber(wanted or kept), {}

local function look(letter)
  oldest[letter] = redis.call('ZRANGE', lists[letter], '0', '0')[1]
end

for letter, list in pairs(lists) do
  too_many = too_many + redis.call('ZCARD', list)
end
if too_many > 0 then
  for letter in pairs(lists) do
    look(letter)
  end
end
for _ = 1, math.min(too_many, FORGOTTEN_TOGETHER) do
  local first
  for letter, place in pairs(oldest) do
    if place and (not first or place < oldest[first]) then
      first = letter
    end
  end
  redis.call('HDEL', groups, string.sub(oldest[first], 17))
  redis.call('ZREM', lists[first], oldest[first])
  look(first)
end

redis.call('PEXPIRE', groups, ms(PAST))
for _, list in pairs(lists) do
  redis.call('PEXPIRE', list, ms(PAST))
end
return { ms(now), is_new and '1' or '0' }
