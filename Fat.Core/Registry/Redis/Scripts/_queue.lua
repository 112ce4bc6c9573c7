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
local PIECES = 500 -- at once: Lua can hand a command only so many
local known = {} -- the pieces that were read or made, by id, each once; false for one that is not there
-- What store() is to write.
local given -- the last number, once one was given out
local changed, fields, gone = {}, {}, {} -- pieces whose notes are to be written, other fields and their values, fields to delete
local places = { r = {}, l = {}, t = {}, a = {} } -- in each list: the score of an id, or false to take it out

-- Greater than any before it: the time in microseconds if the last number is lost.
local function number()
  given = math.max((given or tonumber(redis.call('GET', numbers) or 0)) + 1, tonumber(clock[1]) * 1000000 + tonumber(clock[2]))
  return given
end

local function parse(id, note)
  local state, fence, failures, place, due, key = string.match(note or '', '^([rklta]) (%d+) (%d+) (%d+) (%d+) (.*)$')
  if not state then
    return false -- nothing, or nothing of ours: put once more by whoever misses it
  end
  return {
    id = id, state = state, fence = tonumber(fence), failures = tonumber(failures), place = tonumber(place), due = tonumber(due),
    key = key ~= '' and string.sub(key, 2) or nil,
  }
end

-- Reads pieces together, those that are to be found.
local function know(ids)
  for first = 1, #ids, PIECES do
    local names = {}
    for i = first, math.min(first + PIECES - 1, #ids) do
      names[#names + 1] = 'n:' .. ids[i]
    end
    for i, note in ipairs(redis.call('HMGET', pieces, unpack(names))) do
      local id = ids[first + i - 1]
      if known[id] == nil then
        known[id] = parse(id, note)
      end
    end
  end
end

local function find(id)
  if known[id] == nil then
    know({ id })
  end
  return known[id] or nil
end

local function save(piece)
  known[piece.id] = piece
  changed[piece.id] = piece
end

local function set(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end

local function list(piece, state, score)
  piece.state = state
  places[state][piece.id] = ms(score)
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
    places[piece.state][piece.id] = false
  end
end

-- The time or place by which it is listed, if it is: a server that evicts may have lost a list without its pieces.
local function listed(piece)
  if piece.state ~= 'k' then
    return redis.call('ZSCORE', lists[piece.state], piece.id)
  end
  local holder = redis.call('HGET', holders, piece.key)
  return holder and find(holder) and redis.call('ZSCORE', waiting, member(piece))
end

local news = false -- whether something has become ready

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
    if holder and holder ~= piece.id and find(holder) then
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
  known[piece.id] = false
  changed[piece.id] = nil
  for _, kind in ipairs({ 'b:', 'n:', 'r:' }) do
    gone[#gone + 1] = kind .. piece.id
  end
end

-- A command on a key with any number of arguments that belong together in pairs.
local function in_parts(command, key, arguments)
  for first = 1, #arguments, 2 * PIECES do
    redis.call(command, key, unpack(arguments, first, math.min(first + 2 * PIECES - 1, #arguments)))
  end
end

-- A full server refuses whatever needs memory, but not behind a write that does not: begun work keeps its lease, and ends.
local function although_full()
  redis.call('ZREM', lists.t, '')
end

-- Writes what has changed, for all pieces of the script together: a script that changes pieces ends with it.
local function store()
  for id, piece in pairs(changed) do
    local counts = ms(piece.fence) .. ' ' .. ms(piece.failures) .. ' ' .. ms(piece.place) .. ' ' .. ms(piece.due)
    set('n:' .. id, piece.state .. ' ' .. counts .. ' ' .. (piece.key and '+' .. piece.key or ''))
  end
  in_parts('HDEL', pieces, gone)
  in_parts('HSET', pieces, fields)
  for state, scores in pairs(places) do
    local entries, strays = {}, {}
    for id, score in pairs(scores) do
      if score then
        entries[#entries + 1] = score
        entries[#entries + 1] = id
      else
        strays[#strays + 1] = id
      end
    end
    in_parts('ZREM', lists[state], strays)
    in_parts('ZADD', lists[state], entries)
  end
  if given then
    redis.call('SET', numbers, ms(given), 'PX', ms(NUMBERS))
  end
end

-- Who is to be told, if anybody: whoever came last is the likeliest to live.
local function wake()
  return news and redis.call('ZPOPMAX', idle)[1] or ''
end
