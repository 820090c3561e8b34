--[[
  Moves something that is due to its next time, or takes it away, unless it was given another time since it was read.

  KEYS    the sorted set
  ARGV    the member, its time as it was read, its next time or '' for none
  Result  1 if it was moved or taken away, 0 if it has another time, or is gone
]]
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not due or tonumber(due) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
