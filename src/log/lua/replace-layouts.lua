--[[
  Replaces the record of the layouts, unless it changed since it was read.

  KEYS    layouts
  ARGV    the record as it was read, the new record, the record that a missing one stands for
  Result  1 replaced, now or before; 0 it is another one
]]
local there = redis.call('GET', KEYS[1]) or ARGV[3]
if there == ARGV[2] then return 1 end
if there ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
