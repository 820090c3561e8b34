--[[
  Logs conversions, and notes that their event and transaction were seen.

  KEYS    stream, its bytes, then for each conversion its seen key
  ARGV    bytes_max, ttl in s, repeats_max, then for each conversion: its id, 1 where repeats are logged too, its row
  Result  for each conversion '' where it is the first, 'r<id>' where it is logged as a repeat of <id>, 'd<id>' where
          it is a duplicate of <id> and not logged; or -1 where the log is full, and nothing was written
]]
--- @include "../../../log/lua/add-entry"
if is_full(ARGV[1]) then return -1 end
local seen, rows = {}, {}
for i = 3, #KEYS do
  local id, repeats, row = ARGV[3 * i - 5], ARGV[3 * i - 4], ARGV[3 * i - 3]
  local first, count = string.match(redis.call('GET', KEYS[i]) or '', '^([^:]+):?(%d*)$')
  count = tonumber(count) or 0
  if not first then
    redis.call('SET', KEYS[i], id, 'EX', ARGV[2])
    seen[i - 2] = ''
    rows[#rows + 1] = row
  elseif first == id then
    seen[i - 2] = ''
  elseif repeats == '1' and count < tonumber(ARGV[3]) then
    redis.call('SET', KEYS[i], first .. ':' .. (count + 1), 'EX', ARGV[2])
    seen[i - 2] = 'r' .. first
    rows[#rows + 1] = row
  else
    seen[i - 2] = 'd' .. first
  end
end
if #rows > 0 then add_entry(#rows, table.concat(rows, '\n'), '') end
return seen
