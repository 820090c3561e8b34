--[[
  Reads strings, and where a key has none a field of a hash.

  KEYS    the keys, then for each a hash
  ARGV    for each key the field
  Result  for each key the text, or nothing
]]
local texts = redis.call('MGET', unpack(KEYS, 1, #ARGV))
for i, field in ipairs(ARGV) do
  texts[i] = texts[i] or redis.call('HGET', KEYS[#ARGV + i], field)
end
return texts
