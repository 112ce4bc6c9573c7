-- Votes of a scope's branches arrive. Returns 1 when all that the sealed group waits for is here, then the record; else 0, then its fate.
-- KEYS[1]  the hash of the group
local scope   = ARGV[1]
local call    = ARGV[2]
local entry   = ARGV[3] -- the scope, in case its registration was lost
local root    = ARGV[4]
local closed  = ARGV[5] -- 1 or 0
local pending = ARGV[6] -- calls of a closed scope, separated by spaces
-- ARGV[7], [8], ...: branch, then <p|r|o|j> <instance>

redis.call('HSETNX', group, 'root', root)
local named = {}
for i = 7, #ARGV, 2 do
  vote(ARGV[i], ARGV[i + 1])
  named[#named + 1] = ARGV[i]
end
if owns(call, scope) then
  redis.call('HSETNX', group, 'scope:' .. scope, entry)
  if closed == '1' then
    redis.call('HSETNX', group, 'closed:' .. scope, pending .. '\n' .. table.concat(named, ' '))
  end
end
keep()
if redis.call('HEXISTS', group, 'sealed') == 0 or redis.call('HEXISTS', group, 'decision') == 1 then
  return fate(0)
end

local answer = reply(1)
local fields = {}
for i = 1, #answer[3], 2 do
  fields[answer[3][i]] = answer[3][i + 1]
end

local function pending_calls_have_closed()
  local open, seen = {}, {}
  local function add(calls)
    for one in string.gmatch(calls, '%S+') do
      if not seen[one] then
        seen[one] = true
        open[#open + 1] = one
      end
    end
  end
  add(fields.pending)
  while #open > 0 do
    local owner = fields['call:' .. table.remove(open)]
    local below = owner and fields['closed:' .. owner]
    if not below then
      return false
    end
    add(string.match(below, '^[^\n]*'))
  end
  return true
end

local function is_ready()
  for branch in string.gmatch(fields.missing, '%S+') do
    local known = fields['branch:' .. branch]
    if not known or is_open(known) then
      return false
    end
  end
  if not pending_calls_have_closed() then
    return false
  end
  -- Any other open branch holds the group up, but the root's own, which it knows itself, and a duplicate's (rule S8).
  for field, value in pairs(fields) do
    if string.sub(field, 1, 7) == 'branch:' and is_open(value) then
      local of, its_call = string.match(field, '^branch:((.+)%-%x+)%-%d+$')
      local owner = fields['call:' .. its_call]
      if its_call ~= '0' and (not owner or owner == of) then
        return false
      end
    end
  end
  return true
end

return is_ready() and answer or fate(0)
