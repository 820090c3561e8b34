--[[
  Included at the top of every script that may write only while its batch is open: a worker that was stopped for long
  must not overwrite later data.

  KEYS    1: the open batch (openBatchKey in keys.ts)
  ARGV    1, 2: the batch's first and last id
  Result  if the batch is no longer open, the whole script returns an empty table and writes nothing
]]
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return {} end
