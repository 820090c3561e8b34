--[[
  Settles the places that taps took in a cap of first clicks: a first click keeps its place, any other tap gives it back
  unless a later one of the same contact has it by now.

  KEYS    cap
  ARGV    seconds to keep, then for each tap: member, and the time of the tap in ms, or +inf for a first click
  Result  nothing
]]
for i = 2, #ARGV, 2 do
  local member, at = ARGV[i], ARGV[i + 1]
  if at == '+inf' then
    redis.call('ZADD', KEYS[1], 'GT', at, member)
  else
    local score = redis.call('ZSCORE', KEYS[1], member)
    if score and score ~= 'inf' and tonumber(score) <= tonumber(at) then redis.call('ZREM', KEYS[1], member) end
  end
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
