--[[
  Tells whether a batch is open, and writes: whoever waits until a replica has this knows that it has all before it.

  KEYS    open
  ARGV    first id, last id
  Result  1 open, 0 this batch is not the open one
]]
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'confirmed', '1')
return 1
