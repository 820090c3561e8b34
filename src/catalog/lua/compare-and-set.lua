--[[
  Writes a record, unless somebody else changed it since it was read.

  KEYS    record
  ARGV    the value as it was read, the new value
  Result  1 written, 0 changed by somebody else meanwhile
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
