--[[
  Removes a round, unless it has moved on.

  KEYS    the round that runs
  ARGV    the round as it was read
  Result  1 removed, 0 it has moved on
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
