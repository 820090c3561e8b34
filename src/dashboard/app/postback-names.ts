/** Our parameters of a conversion that a network may send under another name, and what a name usually means. Pure. */

/** As the API lists them. */
export const NAMEABLE = [
  'click_id',
  'txn_id',
  'revenue',
  'currency',
  'event',
  'ts',
  'refund_id',
  'network',
  'link_id',
  'message_id',
  'code',
] as const;
export type Nameable = (typeof NAMEABLE)[number];

const USUAL: [Nameable, RegExp][] = [
  ['click_id', /^(click_?id|click|cid|aff_?sub\d?|sub_?id\d?|s\d|sub\d|external_?id|ref_?id|tid|gclid|c)$/i],
  ['txn_id', /^(txn|(trans(action)?|order|action|conversion|sale|lead)_?(id|no|number)?)$/i],
  [
    'revenue',
    /^(amount|payout|price|sum|total|value|revenues?|(sale|order)_?(amount|value|total)|commission)$/i,
  ],
  ['currency', /^(cur|curr|currency_?code)$/i],
  ['event', /^(type|goal|status|action_?type|event_?(name|type))$/i],
  ['ts', /^(time|timestamp|date(time)?|(sale|conversion)_?(time|date))$/i],
  ['code', /^(coupon|coupon_?code|voucher|promo(_?code)?)$/i],
];

/** What of ours a name likely stands for; nothing that the report has said already. */
export const guessedName = (name: string, read: Readonly<Record<string, string>>): Nameable | undefined =>
  USUAL.find(([own, pattern]) => read[own] === undefined && pattern.test(name.trim()))?.[0];
