--[[
  Adds reports to a list of the newest, and removes what is too many or too old.

  KEYS    the list, newest first
  ARGV    most entries, time to live in seconds, unix time in ms of the oldest that stays, entries in order of time
  Result  none
]]
redis.call('LPUSH', KEYS[1], unpack(ARGV, 4))
redis.call('LTRIM', KEYS[1], 0, ARGV[1] - 1)
redis.call('EXPIRE', KEYS[1], ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], -1)
while oldest and (tonumber(string.sub(oldest, 1, 13)) or 0) < tonumber(ARGV[3]) do
  redis.call('RPOP', KEYS[1])
  oldest = redis.call('LINDEX', KEYS[1], -1)
end
