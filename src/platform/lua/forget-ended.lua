--[[
  Removes from hashes the fields whose day is over. Loaded with the constants END_DIGITS and FIELDS_A_CALL.

  KEYS    hashes
  ARGV    the first day that stays, in the form of a field's end
  Result  how many fields were removed
]]
local forgotten = 0
for _, hash in ipairs(KEYS) do
  local fields, ended = redis.call('HGETALL', hash), {}
  for i = 1, #fields, 2 do
    if string.sub(fields[i + 1], 1, END_DIGITS) < ARGV[1] then ended[#ended + 1] = fields[i] end
  end
  for from = 1, #ended, FIELDS_A_CALL do
    redis.call('HDEL', hash, unpack(ended, from, math.min(from + FIELDS_A_CALL - 1, #ended)))
  end
  forgotten = forgotten + #ended
end
return forgotten
