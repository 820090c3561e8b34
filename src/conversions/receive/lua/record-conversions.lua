--[[
  Logs conversions, and notes what was seen of their event and transaction: `<id>=<content>` of the first report and of
  each that says something else, then ` +<n>` where n repeats were logged because the offer takes them.

  KEYS    stream, its bytes, then for each conversion its seen key
  ARGV    bytes_max, then for each conversion: its id, 1 where the offer takes repeats, its content as a hash, its row, the
          notes that an earlier partition has of its event and transaction, '' for none
  Result  for each conversion '' where it is the first, 'r<id>' where it is logged as a repeat of <id>, 'd<id>' where
          it is a duplicate of <id>, logged only where it came with another upload; or -1 where the log is full, -2 where the partition is closed,
          and nothing was written

  Loaded with the constants ENTRIES_MAX, REPEATS_MAX, CONTENTS_MAX, SEEN_KEEP_S and CONTENT_HASH_LENGTH.
]]
--- @include "../../../log/lua/add-entry"
-- The result, and the new notes where the conversion is to be logged.
local function judge(seen, id, repeats, content)
  if seen == '' then return '', id .. '=' .. content end
  local first, same, contents = nil, nil, 0
  for of, what in string.gmatch(seen, '([^= ]+)=([^= ]+)') do
    first = first or of
    contents = contents + 1
    if of == id then return of == first and '' or same and 'd' .. same or 'r' .. first end
    if repeats == '0' then
      if what == content then return 'd' .. of end
      local says = string.sub(what, 1, CONTENT_HASH_LENGTH)
      if says == string.sub(content, 1, CONTENT_HASH_LENGTH) then same = same or of end
    end
  end
  if repeats == '1' then
    local count = tonumber(string.match(seen, ' %+(%d+)') or '0')
    if count < REPEATS_MAX then
      return 'r' .. first, string.gsub(seen, ' %+%d+', '') .. ' +' .. (count + 1)
    end
  elseif contents < CONTENTS_MAX then
    return same and 'd' .. same or 'r' .. first, seen .. ' ' .. id .. '=' .. content
  end
  return 'd' .. first
end
local no = no_room(ARGV[1])
if no then return no end
local results, rows = {}, {}
for i = 3, #KEYS do
  local at = 5 * i - 13
  local seen = redis.call('GET', KEYS[i]) or ARGV[at + 4]
  local result, notes = judge(seen, ARGV[at], ARGV[at + 1], ARGV[at + 2])
  results[i - 2] = result
  if notes then
    redis.call('SET', KEYS[i], notes, 'EX', SEEN_KEEP_S)
    rows[#rows + 1] = ARGV[at + 3]
  end
end
if #rows > 0 then add_entry(#rows, table.concat(rows, '\n'), '') end
return results
