--[[
  Replaces a field of a hash, unless it changed or was removed since it was read.

  KEYS    the hash
  ARGV    the field, its value as it was read, the new value
  Result  1 replaced, 0 it is not as it was read
]]
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
