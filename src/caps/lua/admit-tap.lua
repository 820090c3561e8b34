--[[
  Lets a tap in where none of the caps is full, and takes its place in those of first clicks.

  KEYS    one for each cap
  ARGV    member, time of the tap in ms, 1 to take the place, then for each cap: 1 where it is of first clicks, limit, seconds to keep
  Result  0, or the number of the first cap that is full
]]
for i, key in ipairs(KEYS) do
  local limit = ARGV[3 * i + 2]
  if ARGV[3 * i + 1] == '1' then
    if redis.call('ZCARD', key) >= tonumber(limit) and not redis.call('ZSCORE', key, ARGV[1]) then return i end
  else
    local there = redis.call('HMGET', key, 'total', 'refused')
    if tonumber(there[1] or 0) >= tonumber(limit) or there[2] == limit then return i end
  end
end
if ARGV[3] ~= '1' then return 0 end
for i, key in ipairs(KEYS) do
  if ARGV[3 * i + 1] == '1' then
    redis.call('ZADD', key, 'GT', ARGV[2], ARGV[1])
    redis.call('EXPIRE', key, ARGV[3 * i + 3])
  end
end
return 0
