--[[
  Included by every script that adds entries to a log, so that the bytes of every row are counted, and none is added to a
  partition that was closed (layouts.ts).

  KEYS    after the first `at` keys (0 by default): the partition's stream and bytes (entryKeys in keys.ts)
  ARGV    not used; the including script must be loaded with the constant ENTRIES_MAX
  Result  defines two functions. no_room(bytes_max, at) returns nothing where the partition takes rows, -1 where it has
          reached a bound, and -2 where another one has taken its place; add_entry(rows, payload, process, at) adds an
          entry and returns its id
]]
local function no_room(bytes_max, at)
  at = at or 0
  local held = redis.call('GET', KEYS[at + 2])
  -- Those of the first layout are open from the start; others once they were opened.
  if held == 'closed' or not held and not string.find(KEYS[at + 1], '{p[0-3]}') then return -2 end
  if tonumber(held or '0') >= tonumber(bytes_max) or redis.call('XLEN', KEYS[at + 1]) >= ENTRIES_MAX then return -1 end
end
local function add_entry(rows, payload, process, at)
  at = at or 0
  redis.call('INCRBY', KEYS[at + 2], #payload)
  return redis.call('XADD', KEYS[at + 1], '*', 'n', rows, 'd', payload, 'p', process)
end
