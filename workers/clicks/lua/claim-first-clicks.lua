--[[
  Sets each claim that is free or was released. A value starts with its end (END_DIGITS digits). Loaded with the
  constant END_DIGITS.

  KEYS    open batch, then for each claim its bucket
  ARGV    first id, last id, RELEASED, then for each claim its field, its end followed by its value, and what an earlier
          partition has of it, '' for nothing
  Result  for each claim '' if it was set to this value, else the value that it has; nothing if the batch is finished
]]
--- @include "../../../src/log/lua/only-while-open"
local result = {}
for i = 2, #KEYS do
  local field, own, before = ARGV[3 * i - 2], ARGV[3 * i - 1], ARGV[3 * i]
  result[i - 1] = ''
  if before ~= '' or redis.call('HSETNX', KEYS[i], field, own) == 0 then
    local there = string.sub(redis.call('HGET', KEYS[i], field) or before, END_DIGITS + 1)
    if there == ARGV[3] then redis.call('HSET', KEYS[i], field, own) else result[i - 1] = there end
  end
end
return result
