--[[
  Writes a record, unless it changed since it was read. Its time to live stays.

  KEYS    record
  ARGV    the value as it was read, '' where there was none; the new value
  Result  1 written, 0 the record changed meanwhile
]]
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
