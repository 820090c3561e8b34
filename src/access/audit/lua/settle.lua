--[[
  Appends an entry to the log if it is pending, and ends that.

  KEYS    stream, bytes, pending
  ARGV    id of the entry, its row
  Result  1 appended, 0 if it was not pending, -2 if the partition is closed
]]
--- @include "../../../log/lua/add-entry"
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 then return 0 end
if no_room(math.huge) == -2 then return -2 end
redis.call('HDEL', KEYS[3], ARGV[1])
add_entry(1, ARGV[2], '')
return 1
