--[[
  Stores the links that addresses opened, and reads those that they opened before.

  KEYS    one sorted set for each address
  ARGV    entries kept, time to live in ms, then for each key: count, then count times score and member
  Result  for each key: all members with their scores if the set has more than these, else 0
]]
local result, at = {}, 3
for i, key in ipairs(KEYS) do
  local count = tonumber(ARGV[at])
  local add = {}
  for j = at + 1, at + 2 * count do add[#add + 1] = ARGV[j] end
  at = at + 1 + 2 * count
  redis.call('ZADD', key, 'GT', unpack(add))
  redis.call('PEXPIRE', key, ARGV[2])
  local there = redis.call('ZCARD', key)
  if there > tonumber(ARGV[1]) then redis.call('ZREMRANGEBYRANK', key, 0, there - tonumber(ARGV[1]) - 1) end
  result[i] = there > count and redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') or 0
end
return result
