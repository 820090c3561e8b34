--[[
  Included by scripts that read the value of a message's field; its form is in first-click.ts. They are loaded with the
  constants END_DIGITS, OFFER_DIGITS, ALONE and RELEASED.

  KEYS    those of the script
  ARGV    those of the script
  Result  the functions offerIn, partsOf and clickIn
]]
local OFFER_FROM, OFFER_TO = END_DIGITS + 1, END_DIGITS + OFFER_DIGITS

--- Which offer's claim the value has; ALONE for none.
local function offerIn(value)
  local offer = string.sub(value, OFFER_FROM, OFFER_TO)
  return string.sub(offer, 1, 1) == ALONE and ALONE or offer
end

--- End, offer and claim.
local function partsOf(value)
  local offer = offerIn(value)
  return string.sub(value, 1, END_DIGITS), offer, string.sub(value, OFFER_FROM + #offer)
end

--- The click of a claim, or RELEASED.
local function clickIn(claim) return string.match(claim, '^[^:]*') end
