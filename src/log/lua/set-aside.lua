--[[
  Marks a row of an open batch as set aside.

  KEYS    open, decision
  ARGV    first id, last id, the row's index in the batch
  Result  nothing
]]
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return end
redis.call('HSET', KEYS[2], 'aside:' .. ARGV[1] .. ':' .. ARGV[3], '1')
