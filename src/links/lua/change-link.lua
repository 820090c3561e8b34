--[[
  Writes a changed link under its key and takes it out of its bucket, unless it changed since it was read. A key that
  stays keeps its time to live, unless the bucket would have kept the link.

  KEYS    the link's key, its bucket
  ARGV    its id, what its key had, what its bucket had ('' for nothing), the new text, for how many seconds it stays
  Result  1 written, 0 it is not as it was read
]]
local there = redis.call('GET', KEYS[1]) or ''
local placed = redis.call('HGET', KEYS[2], ARGV[1]) or ''
if there ~= ARGV[2] or placed ~= ARGV[3] then return 0 end
if there ~= '' and placed == '' then
  redis.call('SET', KEYS[1], ARGV[4], 'KEEPTTL')
else
  redis.call('SET', KEYS[1], ARGV[4], 'EX', ARGV[5])
  redis.call('HDEL', KEYS[2], ARGV[1])
end
return 1
