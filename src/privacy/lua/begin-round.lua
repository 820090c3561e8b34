--[[
  Lists the contacts of a round for the workers, unless the round has moved on.

  KEYS    the round that runs, its id for workers, its contacts
  ARGV    the round as it was read, its id, its contacts
  Result  1 listed, or listed before; 0 the round has moved on
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[3], ARGV[3], 'NX')
redis.call('SET', KEYS[2], ARGV[2])
return 1
