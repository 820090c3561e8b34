--[[
  Sets each claim that nobody has or had: one that was released stays so. Loaded with the constants END_DIGITS,
  OFFER_DIGITS, ALONE and RELEASED.

  KEYS    for each claim its bucket
  ARGV    claims, as take-claims.lua says
  Result  nothing
]]
--- @include "take-claims"
takeClaims(0, 0, function(claim) return claim == '' end)
