--[[
  Sets claims to new claimants; an existing claim keeps its end. Loaded with the constants END_DIGITS, OFFER_DIGITS, ALONE
  and RELEASED.

  KEYS    open batch, then for each claim its bucket
  ARGV    first id, last id, end for claims that do not exist yet, then for each claim the field of its message, offer (or
          ALONE for the message's own) and claim, and what another partition has of it, '' for nothing
  Result  nothing
]]
--- @include "../../../src/log/lua/only-while-open"
--- @include "../../../src/clicks/lua/claims"

--- The message's claim. The offer's that the click before had with it stays that click's.
local function moveMessage(key, field, claim, elsewhere)
  local main = redis.call('HGET', key, field)
  if not main then
    local ends = elsewhere ~= '' and string.sub(elsewhere, 1, END_DIGITS) or ARGV[3]
    redis.call('HSET', key, field, ends .. ALONE .. claim)
    return
  end
  local ends, offer, before = partsOf(main)
  if clickIn(before) == claim then return end
  if offer ~= ALONE then redis.call('HSET', key, field .. offer, ends .. before) end
  redis.call('HSET', key, field, ends .. ALONE .. claim)
end

--- An offer's claim. It shares the field of the message's where that is the same click's and has no other offer.
local function moveOffer(key, field, offer, claim, elsewhere)
  local has = redis.call('HMGET', key, field, field .. offer)
  local main, own = has[1], has[2]
  local ends, shared, first = '', '', RELEASED
  if main then ends, shared, first = partsOf(main) end
  local until_day = string.sub(own or elsewhere, 1, END_DIGITS)
  if shared == offer then until_day = ends end
  if until_day == '' then until_day = ARGV[3] end
  if claim ~= RELEASED and clickIn(first) == clickIn(claim) and (shared == ALONE or shared == offer) then
    redis.call('HSET', key, field, (ends > until_day and ends or until_day) .. offer .. claim)
    if own then redis.call('HDEL', key, field .. offer) end
    return
  end
  if shared == offer then redis.call('HSET', key, field, ends .. ALONE .. clickIn(first)) end
  redis.call('HSET', key, field .. offer, until_day .. claim)
end

for i = 2, #KEYS do
  local at = 3 * i - 2
  local _, offer, claim = partsOf(string.rep(' ', END_DIGITS) .. ARGV[at + 1])
  if offer == ALONE then
    moveMessage(KEYS[i], ARGV[at], claim, ARGV[at + 2])
  else
    moveOffer(KEYS[i], ARGV[at], offer, claim, ARGV[at + 2])
  end
end
return {}
