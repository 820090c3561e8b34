--[[
  Appends the row of a dead letter to its log again and removes the letter.

  KEYS    stream, bytes, letters, open batch
  ARGV    the letter's id, first and last id of its batch, its row
  Result  1 appended, 0 there is no such letter, -1 the log is full, -2 the partition is closed, -3 the letter's batch is
          still open
]]
--- @include "add-entry"
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then return 0 end
local open = redis.call('HMGET', KEYS[4], 'first', 'last')
if open[1] == ARGV[2] and open[2] == ARGV[3] then return -3 end
local no = no_room(math.huge)
if no then return no end
add_entry(1, ARGV[4], '')
redis.call('HDEL', KEYS[3], ARGV[1])
return 1
