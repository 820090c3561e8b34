--[[
  Included by every script that adds entries to a log, so that the bytes of every row are counted.

  KEYS    after the first `at` keys (0 by default): the partition's stream and bytes (entryKeys in keys.ts)
  ARGV    not used; the including script must be loaded with the constant ENTRIES_MAX
  Result  defines two functions. is_full(bytes_max, at) tells whether the partition has reached a bound;
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
