-- Put before every script on a queue of work, after _clock.lua (RedisScript.cs).
-- KEYS[1]  the pieces: b:<id> the body, n:<id> the note, r:<id> why it failed last
-- KEYS[2]  those that are ready, by their place in the order of putting
-- KEYS[3]  those that wait for their time, by it
-- KEYS[4]  those that are taken, by the end of the lease
-- KEYS[5]  those that are set aside, by when they were
-- KEYS[6]  the piece that has each key: ready, taken, or waiting for its time
-- KEYS[7]  those that wait for their key: <length of the key>:<key><place><id>, in the order of these texts
-- KEYS[8]  instances that found too little to do, by when that was
-- KEYS[9]  the last number that was given out
-- A note: <r ready, k waiting for its key, l later, t taken, a aside> <fence> <failures> <place> <due or 0> <+ and the key, or nothing>
local pieces, holders, waiting, idle, numbers = KEYS[1], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local lists = { r = KEYS[2], l = KEYS[3], t = KEYS[4], a = KEYS[5] }
local news = false -- whether something has become ready

local given -- the last number, once it is known

-- Greater than any before it: the time in microseconds if the last number is lost.
local function number()
  given = math.max((given or tonumber(redis.call('GET', numbers) or 0)) + 1, tonumber(clock[1]) * 1000000 + tonumber(clock[2]))
  redis.call('SET', numbers, ms(given), 'PX', ms(NUMBERS))
  return given
end

local function find(id)
  local note = redis.call('HGET', pieces, 'n:' .. id)
  if not note then
    return nil
  end
  local state, fence, failures, place, due, key = string.match(note, '^(%a) (%d+) (%d+) (%d+) (%d+) (.*)$')
  return {
    id = id, state = state, fence = tonumber(fence), failures = tonumber(failures), place = tonumber(place), due = tonumber(due),
    key = key ~= '' and string.sub(key, 2) or nil,
  }
end

local function save(piece)
  local counts = ms(piece.fence) .. ' ' .. ms(piece.failures) .. ' ' .. ms(piece.place) .. ' ' .. ms(piece.due)
  redis.call('HSET', pieces, 'n:' .. piece.id, piece.state .. ' ' .. counts .. ' ' .. (piece.key and '+' .. piece.key or ''))
end

local function list(piece, state, score)
  piece.state = state
  redis.call('ZADD', lists[state], ms(score), piece.id)
  save(piece)
end

-- The length keeps one key's members apart from another's.
local function queue_of(key)
  return #key .. ':' .. key
end

local function member(piece)
  return queue_of(piece.key) .. string.format('%016.0f', piece.place) .. piece.id
end

local function unlist(piece)
  if piece.state == 'k' then
    redis.call('ZREM', waiting, member(piece))
  else
    redis.call('ZREM', lists[piece.state], piece.id)
  end
end

-- For a piece that has its key, or needs none.
local function list_by_time(piece)
  if piece.due > now then
    list(piece, 'l', piece.due)
  else
    list(piece, 'r', piece.place)
    news = true
  end
end

local function enter(piece)
  if piece.key then
    local holder = redis.call('HGET', holders, piece.key)
    if holder and holder ~= piece.id and redis.call('HEXISTS', pieces, 'n:' .. holder) == 1 then
      piece.state = 'k'
      redis.call('ZADD', waiting, '0', member(piece))
      save(piece)
      return
    end
    redis.call('HSET', holders, piece.key, piece.id)
  end
  list_by_time(piece)
end

-- The next one of its key has its turn.
local function release(piece)
  if not piece.key or redis.call('HGET', holders, piece.key) ~= piece.id then
    return
  end
  local queue = queue_of(piece.key)
  while true do
    -- A place begins with a digit, and a colon comes right behind the digits.
    local first = redis.call('ZRANGEBYLEX', waiting, '[' .. queue, '(' .. queue .. ':', 'LIMIT', '0', '1')[1]
    if not first then
      redis.call('HDEL', holders, piece.key)
      return
    end
    redis.call('ZREM', waiting, first)
    local following = find(string.sub(first, #queue + 17))
    if following then
      redis.call('HSET', holders, piece.key, following.id)
      list_by_time(following)
      return
    end
  end
end

local function delete(piece)
  redis.call('HDEL', pieces, 'b:' .. piece.id, 'n:' .. piece.id, 'r:' .. piece.id)
end

-- Who is to be told, if anybody: whoever came last is the likeliest to live.
local function wake()
  return news and redis.call('ZPOPMAX', idle)[1] or ''
end
