--[[
  Appends the row of a dead letter to its log again and removes the letter.

  KEYS    stream, bytes, letters, open batch
  ARGV    the letter's id, first and last id of its batch, its row
  Result  1 appended, 0 there is no such letter, -1 its batch is still open, -2 the log is full
]]
--- @include "add-entry"
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then return 0 end
local open = redis.call('HMGET', KEYS[4], 'first', 'last')
if open[1] == ARGV[2] and open[2] == ARGV[3] then return -1 end
if is_full(math.huge) then return -2 end
add_entry(1, ARGV[4], '')
redis.call('HDEL', KEYS[3], ARGV[1])
return 1
