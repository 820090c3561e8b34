--[[
  Included by every script that adds entries to a log, so that the bytes of every row are counted.

  KEYS    the partition's stream and bytes (entryKeys in keys.ts), or those behind the first `at` keys
  ARGV    none of its own; ENTRIES_MAX is a constant that the including script is loaded with
  Result  none of its own: is_full(bytes_max, at) says whether the partition is at a bound,
          add_entry(rows, payload, process, at) adds an entry and returns its id
]]
local function is_full(bytes_max, at)
  at = at or 0
  return redis.call('XLEN', KEYS[at + 1]) >= ENTRIES_MAX
    or tonumber(redis.call('GET', KEYS[at + 2]) or '0') >= tonumber(bytes_max)
end
local function add_entry(rows, payload, process, at)
  at = at or 0
  redis.call('INCRBY', KEYS[at + 2], #payload)
  return redis.call('XADD', KEYS[at + 1], '*', 'n', rows, 'd', payload, 'p', process)
end
