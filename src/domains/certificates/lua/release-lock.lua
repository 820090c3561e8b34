--[[
  Gives up the lock of a name's order, where it is still one's own.

  KEYS    lock
  ARGV    who
  Result  1 given up, 0 it was somebody else's or had ended
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
