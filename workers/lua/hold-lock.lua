--[[
  Takes or extends the lock that lets one worker at a time do a kind of work.

  KEYS    lock
  ARGV    holder, time to live in ms, 1 to take it where nobody has it, 0 only to extend it
  Result  1 if this holder has the lock, 0 if another one or nobody has it
]]
local holder = redis.call('GET', KEYS[1]) or (ARGV[3] == '1' and ARGV[1])
if holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
