--[[
  Fixes the oldest entries of a partition as its open batch.

  KEYS    stream, open, paused, bytes
  ARGV    rows_max, entries_max, entries read at a time, now in ms (empty: by Redis's clock), interval in ms, the partition's moment in the
          interval, bytes from which a batch does not wait for its moment, bytes below which the moment is the interval's
          beginning
  Result  the open batch, existing or new, as [first, last, rows, frozen_at]; nil if there is none
]]
local open = redis.call('HMGET', KEYS[2], 'first', 'last', 'rows', 'frozen_at', 'frozen_before')
if open[1] then return {open[1], open[2], open[3], open[4]} end
if redis.call('EXISTS', KEYS[3]) == 1 then return nil end
local at = ARGV[4]
if at == '' then
  local time = redis.call('TIME')
  at = string.format('%d%03d', time[1], math.floor(time[2] / 1000))
end
if open[5] then
  local now, before, interval, moment = tonumber(at), tonumber(open[5]), tonumber(ARGV[5]), tonumber(ARGV[6])
  local held = redis.call('GET', KEYS[4]) or '0'
  if held ~= 'closed' and tonumber(held) < tonumber(ARGV[8]) then moment = 0 end
  -- Counts moments of this partition; a moment within a quarter of an interval after the previous batch began is skipped.
  local reached = interval == 0 or now < before
    or math.floor((now - moment) / interval) > math.floor((before - moment) / interval + 0.25)
  -- No more comes to a closed partition.
  if not reached and held ~= 'closed' and tonumber(held) < tonumber(ARGV[7]) then return nil end
end
local from, first, last, rows, entries, bytes = '-', nil, nil, 0, 0, 0
while rows < tonumber(ARGV[1]) and entries < tonumber(ARGV[2]) do
  local page = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', ARGV[3])
  if #page == 0 then break end
  for _, entry in ipairs(page) do
    first = first or entry[1]
    last = entry[1]
    rows = rows + tonumber(entry[2][2])
    entries = entries + 1
    bytes = bytes + #entry[2][4]
    if rows >= tonumber(ARGV[1]) then break end
  end
  from = '(' .. last
end
if not first then return nil end
redis.call('HSET', KEYS[2], 'first', first, 'last', last, 'rows', rows, 'bytes', bytes, 'frozen_at', at)
return {first, last, tostring(rows), at}
