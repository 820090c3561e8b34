--[[
  Notes that all records are there; keeps the first time and the smallest number of days.

  KEYS    note
  ARGV    since in ms, link_days
  Result  nothing
]]
redis.call('HSETNX', KEYS[1], 'since', ARGV[1])
local days = redis.call('HGET', KEYS[1], 'link_days')
if not days or tonumber(days) > tonumber(ARGV[2]) then redis.call('HSET', KEYS[1], 'link_days', ARGV[2]) end
