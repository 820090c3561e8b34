--[[
  Replaces a value and keeps its time to live, unless it changed since it was read.

  KEYS    the key
  ARGV    the value as it was read, the new value
  Result  1 replaced, 0 it is not as it was read
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
