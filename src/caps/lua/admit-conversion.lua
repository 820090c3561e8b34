--[[
  Lets a conversion in where it fits below every cap; one that was let in stays so.

  KEYS    one for each cap
  ARGV    conversion, then for each cap: what it adds, limit, seconds to keep
  Result  0, or the number of the first cap that it does not fit below
]]
local field = 'c' .. ARGV[1]
for i, key in ipairs(KEYS) do
  local adds, limit = ARGV[3 * i - 1], ARGV[3 * i]
  if redis.call('HEXISTS', key, field) == 0 then
    local total = tonumber(redis.call('HGET', key, 'total') or 0)
    if total + tonumber(adds) > tonumber(limit) then
      redis.call('HSET', key, 'refused', limit)
      redis.call('EXPIRE', key, ARGV[3 * i + 1])
      return i
    end
  end
end
for i, key in ipairs(KEYS) do
  if redis.call('HSETNX', key, field, ARGV[3 * i - 1]) == 1 then
    redis.call('HINCRBY', key, 'total', ARGV[3 * i - 1])
    redis.call('EXPIRE', key, ARGV[3 * i + 1])
  end
end
return 0
