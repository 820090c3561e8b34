--[[
  Replaces a dead letter, unless it changed or was removed since it was read.

  KEYS    dead letters of a partition
  ARGV    id, the letter as it was read, the new letter
  Result  1 replaced, 0 it is not as it was read
]]
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
