--[[
  Stores dead letters, all of them or none.

  KEYS    letters
  ARGV    maximum number of letters, then for each letter: its id, its JSON
  Result  1 if all are stored, now or before; 0 if there is no room and nothing was stored
]]
local new = 0
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then new = new + 1 end
end
if new > 0 and redis.call('HLEN', KEYS[1]) + new > tonumber(ARGV[1]) then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
