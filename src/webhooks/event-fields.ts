/**
 * The fields that `data` of an event may have, each with its meaning: what a webhook may choose (`fields`), what macros of
 * a postback are named after (macros.ts), and what the guide and GET /v2/webhooks/options list. Ids are '' where there is
 * none; amounts are decimal strings; times ISO 8601, UTC. Of a click that said Sec-GPC: 1 `contact_id` is ''. Pure.
 */
export const EVENT_FIELDS = {
  click_id: 'Id of the click; of a conversion, the click that it is credited to',
  link_id: 'The link that was opened',
  message_id: 'The message that carried it; empty outside a message',
  contact_id:
    'The recipient, under the id that the sender gave; empty where the browser objected to the sharing of data (Sec-GPC: 1)',
  campaign_id: 'The campaign of the message',
  variant_id: 'The arm of its A/B test',
  creative_id: 'The creative of the message',
  offer_id: 'The offer that the tap was led to, or that the conversion is of',
  domain: 'Host name under which the link was opened',
  clicked_at: 'When it was opened',
  verdict: 'human or bot; of verdict.changed, the new one',
  verdict_before: 'Of verdict.changed: the one before',
  is_first_before: 'Of verdict.changed: whether it was the first click before',
  is_first_for_offer_before: 'Of verdict.changed: whether it was the first click for the offer before',
  payout_before: 'Of verdict.changed: its payout before',
  bot_reasons: 'Reasons for a bot, kind:detail',
  is_first: 'Whether it is the first click of the contact on the message',
  is_first_for_offer: 'Whether it is the first click of the contact on the offer’s messages',
  country: 'Country of the address that opened it, ISO 3166; empty if unknown',
  device: 'phone, tablet, desktop or other',
  os: 'System of the device',
  browser: 'Browser of the device',
  query:
    'Parameters that the tap brought behind the link, such as {"sub1": "…", "fbclid": "…"}; of a conversion, those of its click',
  conversion_id: 'Id of the conversion',
  event: 'sale, rebill, lead, install, signup, refund, chargeback or void',
  txn_id: 'Transaction id of the network; empty without one',
  revenue: 'Revenue that was booked, or reversed; negative for a refund',
  payout: 'Payout that was booked, or reversed; of a click, that of a first click on a cpc offer',
  currency: 'Currency of both, ISO 4217',
  status: 'What it was booked as: attributed, view_through, unattributed …',
  sign: '1 where it was booked, -1 where it was reversed',
  converted_at: 'When the conversion happened, according to the network',
} as const satisfies Record<string, string>;

export type EventField = keyof typeof EVENT_FIELDS;
export const EVENT_FIELD_NAMES = Object.keys(EVENT_FIELDS) as EventField[];
