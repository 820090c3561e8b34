--[[
  Registers a conversion that waits for a click, message or offer to be credited to.

  KEYS    waiting
  ARGV    row to append to the log of conversions when the wait ends, ttl in s, bytes_max
  Result  1 waits, 0 waited already, -1 the bound is reached
]]
local there = redis.call('GET', KEYS[1])
if there and string.find('\n' .. there .. '\n', '\n' .. ARGV[1] .. '\n', 1, true) then return 0 end
if there and #there > tonumber(ARGV[3]) then return -1 end
redis.call('SET', KEYS[1], there and (there .. '\n' .. ARGV[1]) or ARGV[1], 'EX', ARGV[2])
return 1
