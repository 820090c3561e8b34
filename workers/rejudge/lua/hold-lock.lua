--[[
  Takes or keeps the lock of the one worker that judges again.

  KEYS    lock
  ARGV    who, ttl in ms
  Result  1 who has it, 0 somebody else
]]
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
