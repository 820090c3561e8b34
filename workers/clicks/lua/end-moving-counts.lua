--[[
  Deletes the counts that were moved aside under an id, once they are in the click ledger.

  KEYS    moving
  ARGV    id
  Result  nothing
]]
if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then redis.call('DEL', KEYS[1]) end
