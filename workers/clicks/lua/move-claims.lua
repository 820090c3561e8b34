--[[
  Sets claims to new values; an existing claim keeps its end. Loaded with the constant END_DIGITS.

  KEYS    open batch, then for each claim its bucket
  ARGV    first id, last id, end for claims that do not exist yet, then for each claim its field, its value, and what
          an earlier partition has of it, '' for nothing
  Result  nothing
]]
--- @include "../../../src/log/lua/only-while-open"
for i = 2, #KEYS do
  local field = ARGV[3 * i - 2]
  local there = redis.call('HGET', KEYS[i], field) or ARGV[3 * i]
  local ends = there ~= '' and string.sub(there, 1, END_DIGITS) or ARGV[3]
  redis.call('HSET', KEYS[i], field, ends .. ARGV[3 * i - 1])
end
return {}
