--[[
  Stores each link unless its id is taken, in its bucket or under its key.

  KEYS    for each link its key and its bucket
  ARGV    for each link its id, its text, and for how many seconds its key stays, 0 for a link that goes in its bucket
  Result  for each link what is stored of the id already, or nothing where the link was stored
]]
local taken, placed, keys = {}, {}, {}
for i = 1, #ARGV / 3 do
  local key, id, keep_s = KEYS[2 * i - 1], ARGV[3 * i - 2], ARGV[3 * i]
  if keep_s == '0' then
    placed[#placed + 1], keys[#keys + 1], taken[i] = i, key, false
  else
    taken[i] = redis.call('HGET', KEYS[2 * i], id) or redis.call('SET', key, ARGV[3 * i - 1], 'NX', 'GET', 'EX', keep_s)
  end
end
if #placed == 0 then return taken end
local there = redis.call('MGET', unpack(keys))
for n, i in ipairs(placed) do
  local bucket, id = KEYS[2 * i], ARGV[3 * i - 2]
  local is_new = not there[n] and redis.call('HSETNX', bucket, id, ARGV[3 * i - 1]) == 1
  taken[i] = there[n] or (not is_new and redis.call('HGET', bucket, id))
end
return taken
