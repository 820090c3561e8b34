--[[
  Logs voids of conversions, and removes these from the notes of what was seen of their event and transaction (see
  record-conversions.lua). What others reported stays noted.

  KEYS    stream, its bytes, then for each conversion its seen key
  ARGV    bytes_max, then for each conversion: its id, the row of its void, the notes that an earlier partition has
  Result  0; or -1 where the log is full, -2 where the partition is closed, and nothing was written

  Loaded with the constants ENTRIES_MAX and SEEN_KEEP_S.
]]
--- @include "../../../log/lua/add-entry"
local no = no_room(ARGV[1])
if no then return no end
local rows = {}
for i = 3, #KEYS do
  local at = 3 * i - 7
  local id = ARGV[at]
  rows[i - 2] = ARGV[at + 1]
  local seen = redis.call('GET', KEYS[i]) or ARGV[at + 2]
  if seen ~= '' then
    local others, found = {}, false
    for of, what in string.gmatch(seen, '([^= ]+)=([^= ]+)') do
      if of == id then found = true else others[#others + 1] = of .. '=' .. what end
    end
    if found and #others == 0 then
      -- Not deleted, because an earlier partition may have notes that hold no more.
      redis.call('SET', KEYS[i], '', 'EX', SEEN_KEEP_S)
    elseif found then
      local notes = table.concat(others, ' ') .. (string.match(seen, ' %+%d+') or '')
      redis.call('SET', KEYS[i], notes, 'EX', SEEN_KEEP_S)
    end
  end
end
if #rows > 0 then add_entry(#rows, table.concat(rows, '\n'), '') end
return 0
