--[[
  Stores a decision for an open batch unless it has one.

  KEYS    open, decision
  ARGV    first id, last id, token, decision (empty: only read), name of the decision
  Result  the batch's decision, stored before or now; false if it has none or is not open
]]
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return false end
local decided = redis.call('HMGET', KEYS[2], 'token' .. ARGV[5], 'decision' .. ARGV[5])
if decided[1] == ARGV[3] then return decided[2] end
if ARGV[4] == '' then return false end
redis.call('HSET', KEYS[2], 'token' .. ARGV[5], ARGV[3], 'decision' .. ARGV[5], ARGV[4])
return ARGV[4]
