--[[
  Moves the counts of finished minutes aside under one id, unless earlier ones are still aside. Does nothing while the
  log is paused. Loaded with the constant MINUTE_S.

  KEYS    counts, moving, paused
  ARGV    id for the counts that are moved
  Result  field, rows, field, rows … of the counts that are aside, including the field `id`; empty if there are none
]]
if redis.call('EXISTS', KEYS[2]) == 1 then return redis.call('HGETALL', KEYS[2]) end
if redis.call('EXISTS', KEYS[3]) == 1 then return {} end
local now = math.floor(tonumber(redis.call('TIME')[1]) / MINUTE_S)
local counts = redis.call('HGETALL', KEYS[1])
local moved = false
for i = 1, #counts, 2 do
  if tonumber(string.match(counts[i], '^%d+')) < now then
    redis.call('HSET', KEYS[2], counts[i], counts[i + 1])
    redis.call('HDEL', KEYS[1], counts[i])
    moved = true
  end
end
if not moved then return {} end
redis.call('HSET', KEYS[2], 'id', ARGV[1])
return redis.call('HGETALL', KEYS[2])
