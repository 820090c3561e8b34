--[[
  Adds rows that have no sequence number and are not counted.

  KEYS    stream, bytes
  ARGV    rows, payload, bytes_max
  Result  1 added, -1 full, -2 closed
]]
--- @include "add-entry"
local no = no_room(ARGV[3])
if no then return no end
add_entry(ARGV[1], ARGV[2], '')
return 1
