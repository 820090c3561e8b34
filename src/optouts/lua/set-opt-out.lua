--[[
  Writes whether a contact is opted out, with its place in the account's list. The first opt-out since the contact last
  opted in holds, and one that is older than that changes nothing.

  KEYS    the record, the list
  ARGV    the new record, 1 opted out or 0 not, its time in ms, the member of the list
  Result  1 written, 2 it is so already, 0 it is older than what is there
]]
local function list(at_ms)
  if ARGV[2] == '1' then
    redis.call('ZADD', KEYS[2], at_ms, ARGV[4])
  else
    redis.call('ZREM', KEYS[2], ARGV[4])
  end
end
local there = redis.call('GET', KEYS[1])
if there then
  local was = cjson.decode(there)
  if was[4] == tonumber(ARGV[2]) then
    -- A backup that was taken between the two may have brought back one of them.
    list(was[5])
    return 2
  end
  if ARGV[2] == '1' and tonumber(ARGV[3]) <= was[5] then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1])
list(ARGV[3])
return 1
