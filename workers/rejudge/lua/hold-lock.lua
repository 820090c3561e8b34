--[[
  Takes or extends the lock that lets one worker at a time run rejudgements.

  KEYS    lock
  ARGV    holder, time to live in ms
  Result  1 if this holder has the lock, 0 if another one has it
]]
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
