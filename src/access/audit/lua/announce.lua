--[[
  Notes an entry as pending, where its partition has room for it.

  KEYS    stream, bytes, pending
  ARGV    bytes_max, id of the entry, its row
  Result  1 noted, now or before; -1 if the log or the hash of pending entries is full, -2 if the partition is closed
]]
--- @include "../../../log/lua/add-entry"
local no = no_room(ARGV[1]) or redis.call('HLEN', KEYS[3]) >= PENDING_MAX and -1
if no then return no end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
return 1
