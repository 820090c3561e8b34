--[[
  Notes that all records are there; the first time and the shortest number of days stand.

  KEYS    note
  ARGV    since in ms, link_days
  Result  nothing
]]
redis.call('HSETNX', KEYS[1], 'since', ARGV[1])
local days = redis.call('HGET', KEYS[1], 'link_days')
if not days or tonumber(days) > tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'link_days', ARGV[2]) end
