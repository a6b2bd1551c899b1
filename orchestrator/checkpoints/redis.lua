-- Scripts by name. Redis runs one at a time, and writes it to its log as one transaction: what a script has checked
-- holds when it writes. "The keys of the thread" are those of redis_keys.py, in that order.

-- name: prelude
-- Before each script: why an attempt may not write. 0: a later one, or another run, has its lease. -1: the server has
-- lost the lease, or the last of it, so it is not what it was: a replica after a failover, or a log that was cut off.
-- KEYS: held lease. ARGV: run, turn, attempt (empty: no fence).
local function fence()
  local held = redis.call('HMGET', KEYS[1], 'run', 'turn', 'attempt')
  if ARGV[1] == '' or (held[1] == ARGV[1] and held[2] == ARGV[2] and held[3] == ARGV[3]) then return nil end
  if not held[1] then return -1 end
  local turns, attempts = tonumber(held[2]) - tonumber(ARGV[2]), tonumber(held[3]) - tonumber(ARGV[3])
  local earlier = turns < 0 or (turns == 0 and attempts < 0)
  return held[1] == ARGV[1] and earlier and -1 or 0
end

-- name: take
-- Take a thread, or say why not.
-- KEYS: lease, threads. ARGV: thread, run, turn, attempt, run that this one continues.
local held = redis.call('HMGET', KEYS[1], 'run', 'turn', 'attempt')
local turn, attempt = tonumber(ARGV[3]), tonumber(ARGV[4])
if held[1] then
  if held[1] ~= ARGV[2] and held[1] ~= ARGV[5] then return 'foreign' end
  local later = tonumber(held[2]) > turn or (tonumber(held[2]) == turn and tonumber(held[3]) > attempt)
  if held[1] == ARGV[2] and later then return 'superseded' end
end
redis.call('HSET', KEYS[1], 'run', ARGV[2], 'turn', turn, 'attempt', attempt)
redis.call('ZADD', KEYS[2], 0, ARGV[1])
return 'taken'

-- name: put_checkpoint
-- A checkpoint, and the values of the channels that it changed.
-- It refers to values that were written with its parents, so these must be there, or the server has lost them: -1.
-- KEYS: held lease, threads, then the keys of the thread. ARGV: run, turn, attempt (empty: no fence), thread, member,
-- row, member of the parent (or empty), then blobs and their values.
local refused = fence()
if refused then return refused end
if ARGV[7] ~= '' and redis.call('HEXISTS', KEYS[4], ARGV[7]) == 0 then return -1 end
redis.call('ZADD', KEYS[2], 0, ARGV[4])
for at = 8, #ARGV, 2 do redis.call('HSET', KEYS[8], ARGV[at], ARGV[at + 1]) end
redis.call('HSET', KEYS[4], ARGV[5], ARGV[6])
redis.call('ZADD', KEYS[5], 0, ARGV[5])
return 1

-- name: put_writes
-- What a task did: kept as it was written first, but of errors, questions and answers the latest counts.
-- KEYS: held lease, threads, then the keys of the thread. ARGV: run, turn, attempt, thread, whether the latest counts,
-- then members and their writes.
local refused = fence()
if refused then return refused end
redis.call('ZADD', KEYS[2], 0, ARGV[4])
for at = 6, #ARGV, 2 do
  redis.call(ARGV[5] == '1' and 'HSET' or 'HSETNX', KEYS[6], ARGV[at], ARGV[at + 1])
  redis.call('ZADD', KEYS[7], 0, ARGV[at])
end
return 1

-- name: delete
-- A thread's checkpoints and all that belongs to them.
-- KEYS: held lease, threads, then the keys of the thread. ARGV: run, turn, attempt, thread.
local refused = fence()
if refused then return refused end
redis.call('UNLINK', KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8])
if redis.call('EXISTS', KEYS[3]) == 0 then redis.call('ZREM', KEYS[2], ARGV[4]) end
return 1

-- name: after
-- What comes after a checkpoint: member, parent and metadata of each.
-- KEYS: order, checkpoints. ARGV: checkpoint.
local found = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if string.match(member, '^.*%z(.*)$') > ARGV[1] then
    local above, _, _, _, metadata = struct.unpack('>I4c0I4c0I4c0I4c0I4c0', redis.call('HGET', KEYS[2], member))
    found[#found + 1] = {member, above, metadata}
  end
end
return found

-- name: prune
-- Delete some checkpoints, and then all that nothing refers to.
-- KEYS: held lease, threads, then the keys of the thread. ARGV: run, turn, attempt (empty: no fence), then members.
local refused = fence()
if refused then return refused end
if #ARGV == 3 then return 1 end
for at = 4, #ARGV do
  redis.call('HDEL', KEYS[4], ARGV[at])
  redis.call('ZREM', KEYS[5], ARGV[at])
end
local kept, wanted = {}, {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[5], 0, -1)) do
  kept[member] = true
  local namespace = string.match(member, '^(.*)%z')
  local _, names = struct.unpack('>I4c0I4c0', redis.call('HGET', KEYS[4], member))
  for _, name in ipairs(cjson.decode(names)) do wanted[namespace .. '\0' .. name] = true end
end
for _, member in ipairs(redis.call('ZRANGE', KEYS[7], 0, -1)) do
  if not kept[string.match(member, '^(.*)%z[^%z]*%z[^%z]*$')] then
    redis.call('HDEL', KEYS[6], member)
    redis.call('ZREM', KEYS[7], member)
  end
end
for _, name in ipairs(redis.call('HKEYS', KEYS[8])) do
  if not wanted[name] then redis.call('HDEL', KEYS[8], name) end
end
return 1

-- name: get
-- A checkpoint: member, row, parent if it is there, blobs and their values, writes by member.
-- KEYS: those of the thread. ARGV: namespace, checkpoint (empty: the latest).
local member = ARGV[1] .. '\0' .. ARGV[2]
if ARGV[2] == '' then
  member = redis.call('ZREVRANGEBYLEX', KEYS[3], '[' .. member .. '\255', '[' .. member, 'LIMIT', 0, 1)[1]
end
local packed = member and redis.call('HGET', KEYS[2], member)
if not packed then return nil end
local above, names = struct.unpack('>I4c0I4c0', packed)
local blobs, writes = {}, {}
for _, name in ipairs(cjson.decode(names)) do
  local value = redis.call('HGET', KEYS[6], ARGV[1] .. '\0' .. name)
  if value then
    blobs[#blobs + 1] = name
    blobs[#blobs + 1] = value
  end
end
for _, task in ipairs(redis.call('ZRANGEBYLEX', KEYS[5], '[' .. member .. '\0', '[' .. member .. '\0\255')) do
  writes[#writes + 1] = task
  writes[#writes + 1] = redis.call('HGET', KEYS[4], task)
end
local parent = redis.call('HEXISTS', KEYS[2], ARGV[1] .. '\0' .. above) == 1 and above or ''
return {member, packed, parent, blobs, writes}

-- name: latest
-- The latest checkpoint in any namespace, with its row.
-- KEYS: order, checkpoints.
local latest, at = '', nil
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local id = string.match(member, '^.*%z(.*)$')
  if id > latest then latest, at = id, member end
end
return at and {latest, redis.call('HGET', KEYS[2], at)} or nil

-- name: saved
-- All checkpoints with their rows and sizes, without the state.
-- KEYS: those of the thread.
local found = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  local packed = redis.call('HGET', KEYS[2], member)
  local namespace = string.match(member, '^(.*)%z')
  local _, names = struct.unpack('>I4c0I4c0', packed)
  local size = #packed
  for _, name in ipairs(cjson.decode(names)) do
    size = size + redis.call('HSTRLEN', KEYS[6], namespace .. '\0' .. name)
  end
  found[#found + 1] = {member, packed, size}
end
return found

-- name: saved_writes
-- Which tasks have left what. A Send comes whole, because it names the node that it leads to.
-- KEYS: tasks, writes.
local found = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local path, channel, _, value = struct.unpack('>I4c0I4c0I4c0I4c0', redis.call('HGET', KEYS[2], member))
  found[#found + 1] = {member, path, channel, channel == '__pregel_tasks' and value or ''}
end
return found

-- name: marked
-- The writes whose member begins and ends like this: errors, questions and answers have indexes of their own.
-- KEYS: tasks, writes. ARGV: beginning, ending.
local found = {}
local last = ARGV[1] == '' and '+' or '[' .. ARGV[1] .. '\255'
for _, member in ipairs(redis.call('ZRANGEBYLEX', KEYS[1], '[' .. ARGV[1], last)) do
  if string.sub(member, -#ARGV[2]) == ARGV[2] then
    found[#found + 1] = member
    found[#found + 1] = redis.call('HGET', KEYS[2], member)
  end
end
return found

-- name: size
-- Checkpoints of a thread, and bytes with all that belongs to them.
-- KEYS: order, checkpoints, writes, blobs.
local bytes = 0
for at = 2, 4 do
  for _, field in ipairs(redis.call('HKEYS', KEYS[at])) do bytes = bytes + redis.call('HSTRLEN', KEYS[at], field) end
end
return {redis.call('ZCARD', KEYS[1]), bytes}

-- name: copy
-- Copy a thread up to a checkpoint to where nobody looks yet, and how many checkpoints that was. Of a task that waited
-- only its answers are copied.
-- KEYS: those of the original, then those of the copy. ARGV: up to, checkpoint whose tasks begin afresh (or empty),
-- seconds after which a copy that nobody finished goes, then namespace\0task of each task that waited and whether it
-- had answers.
local count = 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  if string.match(member, '^.*%z(.*)$') <= ARGV[1] then
    local packed = redis.call('HGET', KEYS[2], member)
    local namespace = string.match(member, '^(.*)%z')
    redis.call('HSET', KEYS[8], member, packed)
    redis.call('ZADD', KEYS[9], 0, member)
    count = count + 1
    local _, names = struct.unpack('>I4c0I4c0', packed)
    for _, name in ipairs(cjson.decode(names)) do
      local blob = namespace .. '\0' .. name
      local value = redis.call('HEXISTS', KEYS[12], blob) == 0 and redis.call('HGET', KEYS[6], blob)
      if value then redis.call('HSET', KEYS[12], blob, value) end
    end
  end
end
local answered = {}
for at = 4, #ARGV, 2 do answered[ARGV[at]] = ARGV[at + 1] end
for _, member in ipairs(redis.call('ZRANGE', KEYS[5], 0, -1)) do
  local namespace, id, task, index = string.match(member, '^(.*)%z([^%z]*)%z([^%z]*)%z([^%z]*)$')
  local waited = answered[namespace .. '\0' .. task]
  local goes = id > ARGV[1] or id == ARGV[2] or (waited and not (index == '-4' and waited == '1'))
  if not goes then
    redis.call('HSET', KEYS[10], member, redis.call('HGET', KEYS[4], member))
    redis.call('ZADD', KEYS[11], 0, member)
  end
end
for at = 7, 12 do redis.call('EXPIRE', KEYS[at], ARGV[3]) end
return count

-- name: adopt
-- Take a new thread and give it the finished copy; if somebody has taken it meanwhile, only take it, as `take` does.
-- KEYS: those of the new thread, then those of the copy, then threads. ARGV: thread, run, turn, attempt.
local held = redis.call('HMGET', KEYS[1], 'run', 'turn', 'attempt')
if held[1] then return 'known' end
if redis.call('EXISTS', KEYS[9]) == 0 then return 'gone' end
redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
for at = 2, 6 do
  if redis.call('EXISTS', KEYS[at + 6]) == 1 then
    redis.call('RENAME', KEYS[at + 6], KEYS[at])
    redis.call('PERSIST', KEYS[at])
  end
end
redis.call('HSET', KEYS[1], 'run', ARGV[2], 'turn', ARGV[3], 'attempt', ARGV[4])
redis.call('ZADD', KEYS[13], 0, ARGV[1])
return 'taken'

-- name: put_value
-- What is too large for Temporal's history. The same key again replaces the value.
-- KEYS: value, values, created. ARGV: key, data, now.
redis.call('SET', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
redis.call('HSETNX', KEYS[3], ARGV[1], ARGV[3])
return 1

-- name: remember
-- An item of the long-term memory; without a value it goes.
-- KEYS: items, order. ARGV: name, now, value.
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  return redis.call('ZREM', KEYS[2], ARGV[1])
end
local old = redis.call('HGET', KEYS[1], ARGV[1])
local created = old and string.match(old, '^[^%z]*') or ARGV[2]
redis.call('HSET', KEYS[1], ARGV[1], created .. '\0' .. ARGV[2] .. '\0' .. ARGV[3])
return redis.call('ZADD', KEYS[2], 0, ARGV[1])

-- name: recall
-- The items whose name begins like this.
-- KEYS: items, order. ARGV: beginning.
local found = {}
local first = ARGV[1] == '' and '-' or '[' .. ARGV[1]
local last = ARGV[1] == '' and '+' or '[' .. ARGV[1] .. '\255'
for _, name in ipairs(redis.call('ZRANGEBYLEX', KEYS[2], first, last)) do
  found[#found + 1] = name
  found[#found + 1] = redis.call('HGET', KEYS[1], name)
end
return found
