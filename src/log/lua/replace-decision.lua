--[[
  Replaces a decision of an open batch.

  KEYS    open, decision
  ARGV    first id, last id, token, name of the decision, the one that it has, the one that it gets
  Result  1 replaced, 0 it has another one or is not open
]]
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return 0 end
local decided = redis.call('HMGET', KEYS[2], 'token' .. ARGV[4], 'decision' .. ARGV[4])
if decided[1] ~= ARGV[3] or decided[2] ~= ARGV[5] then return 0 end
redis.call('HSET', KEYS[2], 'decision' .. ARGV[4], ARGV[6])
return 1
