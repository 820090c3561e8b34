--[[
  Removes the expired claims of a bucket. Loaded with the constants END_DIGITS and FIELDS_A_CALL.

  KEYS    bucket
  ARGV    today, in the form of a claim's end
  Result  how many claims were removed
]]
local claims, ended = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #claims, 2 do
  if string.sub(claims[i + 1], 1, END_DIGITS) < ARGV[1] then ended[#ended + 1] = claims[i] end
end
for from = 1, #ended, FIELDS_A_CALL do
  redis.call('HDEL', KEYS[1], unpack(ended, from, math.min(from + FIELDS_A_CALL - 1, #ended)))
end
return #ended
