--[[
  Adds entries of producers, each once, and counts rows by minute, process and stage.

  KEYS    for each entry: stream, bytes, producer, counts
  ARGV    bytes_max, time to live of a producer in s, then for each entry: sequence number, rows (0: only notes),
          payload, process (empty: the rows are not counted), number of notes, then for each note: minute, stage, rows
  Result  for each entry the minute in which its rows were logged, 0 if its number was added before, -1 if the partition is
          full, -2 if it is closed
]]
--- @include "add-entry"
local function append(at, sequence, rows, payload, process, first_note, last_note)
  local last = redis.call('GET', KEYS[at + 3])
  if last and tonumber(last) >= tonumber(sequence) then return 0 end
  local minute = 0
  if rows ~= '0' then
    local no = no_room(ARGV[1], at)
    if no then return no end
    local id = add_entry(rows, payload, process, at)
    minute = math.floor(tonumber(string.match(id, '^%d+')) / MINUTE_MS)
    if process ~= '' then
      redis.call('HINCRBY', KEYS[at + 4], minute .. ' ' .. process .. ' logged', rows)
    end
  end
  for i = first_note, last_note, 3 do
    -- Minute 0 means the minute in which these rows are logged.
    local of = ARGV[i] == '0' and minute or ARGV[i]
    redis.call('HINCRBY', KEYS[at + 4], of .. ' ' .. process .. ' ' .. ARGV[i + 1], ARGV[i + 2])
  end
  redis.call('SET', KEYS[at + 3], sequence, 'EX', ARGV[2])
  return minute
end
local minutes = {}
local i = 3
for at = 0, #KEYS - 1, 4 do
  local next = i + 5 + 3 * tonumber(ARGV[i + 4])
  minutes[#minutes + 1] = append(at, ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], i + 5, next - 1)
  i = next
end
return minutes
