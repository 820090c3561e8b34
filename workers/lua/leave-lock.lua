--[[
  Leaves the lock, so that another worker need not wait for its end.

  KEYS    lock
  ARGV    holder
  Result  1 if this holder had it
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
