--[[
  Writes the records of new messages, and logs the send of each record that it wrote.

  KEYS    stream of sends, its bytes, then for each message its record
  ARGV    bytes_max, ttl in s, then for each message: its record, its row
  Result  for each message: the record that was there before, or false where this call wrote it;
          or -1 where the log is full, -2 where the partition is closed, and nothing was written
]]
--- @include "../../log/lua/add-entry"
local no = no_room(ARGV[1])
if no then return no end
local before, rows = {}, {}
for i = 3, #KEYS do
  local there = redis.call('GET', KEYS[i])
  before[i - 2] = there
  if not there then
    redis.call('SET', KEYS[i], ARGV[2 * i - 3], 'EX', ARGV[2])
    rows[#rows + 1] = ARGV[2 * i - 2]
  end
end
if #rows > 0 then add_entry(#rows, table.concat(rows, '\n'), '') end
return before
