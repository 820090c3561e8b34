--[[
  Reads strings that are fields of hashes, or at keys where the hash has no such field.

  KEYS    the keys, then for each a hash
  ARGV    for each key the field, '' for none
  Result  for each key the text, or nothing
]]
local texts, keys, places = {}, {}, {}
for i, field in ipairs(ARGV) do
  texts[i] = field ~= '' and redis.call('HGET', KEYS[#ARGV + i], field)
  if not texts[i] then
    places[#places + 1], keys[#keys + 1] = i, KEYS[i]
  end
end
if #keys == 0 then return texts end
for n, text in ipairs(redis.call('MGET', unpack(keys))) do texts[places[n]] = text end
return texts
