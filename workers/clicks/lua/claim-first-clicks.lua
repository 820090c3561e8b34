--[[
  Sets each claim that is free or was released. Loaded with the constants END_DIGITS, OFFER_DIGITS, ALONE and RELEASED.

  KEYS    open batch, then for each claim its bucket
  ARGV    first id, last id, then claims, as take-claims.lua says
  Result  for each claim '' if all that its value says was set, else the message's click and the offer's claim that are
          there, each '' where it was set; nothing if the batch is finished
]]
--- @include "../../../src/log/lua/only-while-open"
--- @include "../../../src/clicks/lua/take-claims"
return takeClaims(1, 2, function(claim) return claim == '' or claim == RELEASED end)
