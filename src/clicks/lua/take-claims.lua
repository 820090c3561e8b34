--[[
  Included by scripts that set claims which are free.

  KEYS    the script's own, then for each claim its bucket
  ARGV    the script's own, then how many of the claims are on messages, which are the first ones: each with the claim on
          the offer that its value names. Then for each claim its field and its value, and after all of them, where other
          partitions may have claims, for each what these have: the message's value, and the offer's, '' for nothing
  Result  the function takeClaims
]]
--- @include "claims"

--- The claims that are there on the message (its click) and on the offer, '' for none.
local function claimsThere(main, own, offer, other_message, other_offer)
  local of_message, of_offer = '', string.sub(own or other_offer or '', OFFER_FROM)
  local there = main or other_message or ''
  if there ~= '' then
    local _, shared, claim = partsOf(there)
    of_message = clickIn(claim)
    if main and shared == offer and offer ~= ALONE then of_offer = claim end
  end
  return of_message, of_offer
end

--- `is_free` is asked with a claim, '' for none. Returns '' where all was set, else who has the message's, and the offer's
--- claim, each '' where it was set.
local function take(key, field, value, on_message, is_free, other_message, other_offer)
  local offer = offerIn(value)
  local own_field = field .. offer
  local has = redis.call('HMGET', key, field, own_field)
  local main, own = has[1], has[2]
  -- As nearly always.
  if on_message and not main and not own and not other_message then
    redis.call('HSET', key, field, value)
    return ''
  end
  local of_message, of_offer = claimsThere(main, own, offer, other_message, other_offer)
  local ends, _, claim = partsOf(value)
  if on_message and is_free(of_message) then
    if is_free(of_offer) then
      redis.call('HSET', key, field, value)
      if own then redis.call('HDEL', key, own_field) end
      return ''
    end
    redis.call('HSET', key, field, ends .. ALONE .. clickIn(claim))
    return { '', of_offer }
  end
  if offer ~= ALONE and is_free(of_offer) then
    redis.call('HSET', key, own_field, ends .. claim)
    return on_message and { of_message, '' } or ''
  end
  return { of_message, of_offer }
end

--- What `take` returned for each claim. The first bucket is the key after `keys`, the first argument that after `args`.
local function takeClaims(keys, args, is_free)
  local result, count = {}, #KEYS - keys
  local messages = tonumber(ARGV[args + 1])
  local others = args + 2 * count
  for i = 1, count do
    local at, other = args + 2 * i, others + 2 * i
    result[i] =
      take(KEYS[keys + i], ARGV[at], ARGV[at + 1], i <= messages, is_free, ARGV[other], ARGV[other + 1])
  end
  return result
end
