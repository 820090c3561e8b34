--[[
  Tells whether a batch is open and what it has noted (groups.ts), and writes: whoever waits until a replica has this knows
  that it has all before it.

  KEYS    open, decision
  ARGV    first id, last id, token, names of the notes
  Result  each note, '' for none; false if this batch is not the open one
]]
local open = redis.call('HMGET', KEYS[1], 'first', 'last')
if open[1] ~= ARGV[1] or open[2] ~= ARGV[2] then return false end
redis.call('HSET', KEYS[1], 'confirmed', '1')
local notes = {}
for i = 4, #ARGV do
  local noted = redis.call('HMGET', KEYS[2], 'token' .. ARGV[i], 'decision' .. ARGV[i])
  notes[i - 3] = noted[1] == ARGV[3] and noted[2] or ''
end
return notes
