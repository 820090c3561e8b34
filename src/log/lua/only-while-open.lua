--[[
  Included at the top by every script that may write only while its batch is open: a worker that stood still for long
  must not write over what came after.

  KEYS    1: the open batch (openBatchKey in keys.ts)
  ARGV    1, 2: the batch's first and last id
  Result  of the whole script, where the batch is not open any more: empty, and nothing was written
]]
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return {} end
