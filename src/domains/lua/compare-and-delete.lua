--[[
  Deletes a key, unless its value changed since it was read.

  KEYS    the key
  ARGV    the value as it was read
  Result  1 deleted, 0 it is another value, or none
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
