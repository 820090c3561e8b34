--[[
  Notes an entry as pending, where its partition has room for it.

  KEYS    stream, bytes, pending
  ARGV    bytes_max, id of the entry, its row
  Result  1 noted, now or before; 0 if the log or the hash of pending entries is full
]]
--- @include "../../../log/lua/add-entry"
if is_full(ARGV[1]) or redis.call('HLEN', KEYS[3]) >= PENDING_MAX then return 0 end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
return 1
