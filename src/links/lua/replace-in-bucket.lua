--[[
  Replaces a link in its bucket, unless it changed since it was read.

  KEYS    the bucket
  ARGV    the link's id, its text as it was read, the new text
  Result  1 replaced, 0 it is not as it was read
]]
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
