--[[
  Appends an entry to the log if it is pending, and ends that.

  KEYS    stream, bytes, pending
  ARGV    id of the entry, its row
  Result  1 appended, 0 if it was not pending
]]
--- @include "../../../log/lua/add-entry"
if redis.call('HDEL', KEYS[3], ARGV[1]) == 0 then return 0 end
add_entry(1, ARGV[2], '')
return 1
