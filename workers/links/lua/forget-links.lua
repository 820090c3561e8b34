--[[
  Removes from buckets the links whose last day has come. Loaded with the constants END_DIGITS and FIELDS_A_CALL.

  KEYS    buckets
  ARGV    the day, in the form of a link's end
  Result  how many links were removed
]]
local forgotten = 0
for _, bucket in ipairs(KEYS) do
  local links, ended = redis.call('HGETALL', bucket), {}
  for i = 1, #links, 2 do
    if string.sub(links[i + 1], 1, END_DIGITS) <= ARGV[1] then ended[#ended + 1] = links[i] end
  end
  for from = 1, #ended, FIELDS_A_CALL do
    redis.call('HDEL', bucket, unpack(ended, from, math.min(from + FIELDS_A_CALL - 1, #ended)))
  end
  forgotten = forgotten + #ended
end
return forgotten
