--[[
  How many entries wait in logs of one partition.

  KEYS    the stream of each
  ARGV    none
  Result  the entries in each, in this order
]]
local lengths = {}
for i, stream in ipairs(KEYS) do
  lengths[i] = redis.call('XLEN', stream)
end
return lengths
