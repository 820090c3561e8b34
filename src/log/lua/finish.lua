--[[
  Removes the open batch's range from the stream and closes the batch.

  KEYS    stream, open, decision, bytes
  ARGV    first id, last id, first id to keep
  Result  1 closed, 0 this batch is not the open one (it was finished before)
]]
local open = redis.call('HMGET', KEYS[2], 'first', 'last', 'bytes', 'frozen_at')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return 0 end
redis.call('XTRIM', KEYS[1], 'MINID', '=', ARGV[3])
if redis.call('GET', KEYS[4]) == 'closed' then
  -- The bytes of a closed partition are not counted.
elseif redis.call('XLEN', KEYS[1]) == 0 then
  redis.call('SET', KEYS[4], '0')
else
  redis.call('DECRBY', KEYS[4], open[3])
end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[2], 'frozen_before', open[4])
return 1
