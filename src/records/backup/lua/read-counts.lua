--[[
  Reads a partition's counts and the end of its stream in one step.

  KEYS    counts, stream
  ARGV    not used
  Result  the counts' fields and values; the stream's newest id, or ''
]]
local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
return {redis.call('HGETALL', KEYS[1]), newest[1] and newest[1][1] or ''}
