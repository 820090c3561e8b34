--[[
  Adds rows that have no sequence number and are not counted.

  KEYS    stream, bytes
  ARGV    rows, payload, bytes_max
  Result  1 added, 0 full
]]
--- @include "add-entry"
if is_full(ARGV[3]) then return 0 end
add_entry(ARGV[1], ARGV[2], '')
return 1
