--[[
  Writes the installation's key ring, unless it changed since it was read.

  KEYS    ring
  ARGV    the text as it was read, '' where there was none; the new text
  Result  1 written, 0 it changed meanwhile
]]
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
