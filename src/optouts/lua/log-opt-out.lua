--[[
  Logs the event of a recipient who opted out by the link of a message, once for each message.

  KEYS    stream of message events, its bytes, the mark of the message
  ARGV    bytes_max, ttl of the mark in s, the row
  Result  1 logged, 0 it was logged before, -1 the log is full, -2 the partition is closed
]]
--- @include "../../log/lua/add-entry"
if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
local no = no_room(ARGV[1])
if no then return no end
redis.call('SET', KEYS[3], '1', 'EX', ARGV[2])
add_entry(1, ARGV[3], '')
return 1
