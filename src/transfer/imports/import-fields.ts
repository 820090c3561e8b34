/**
 * What a file of history may say: the fields of each kind of row, to which its columns are mapped. Pure: a table.
 */

export const IMPORT_KINDS = ['links', 'clicks', 'sends', 'conversions'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** Kinds whose rows are history, kept by ClickHouse; the others are records. */
export type HistoryKind = Exclude<ImportKind, 'links'>;

/** Every field, with what it is. */
export const IMPORT_FIELDS = {
  short_url: 'The old short link, with its host: https://go.example/spring',
  code: 'What stands behind the slash of the old link',
  domain: 'Host of the old link, where it has a column of its own',
  url: 'Where the link leads',
  expires_at: 'When the link expires',
  time: 'When it happened: the click, the send, the conversion; for a link, when it was made',
  sent_at: 'When the message of a click was sent',
  click_id: "The source's id of the click",
  message_id: "The sender's id of the message",
  contact_id: 'Recipient',
  campaign: 'Campaign: its id, its external_id or its name; any other text is kept as it is',
  variant: 'Arm of an A/B test',
  creative: 'Creative, likewise',
  offer: 'Offer, likewise',
  ip: 'Client address of a click',
  user_agent: 'User agent of a click',
  country: 'Country, ISO 3166',
  device: 'Kind of device: phone, tablet, desktop',
  os: 'System of the device',
  browser: 'Browser',
  query: 'Query of the tapped address',
  verdict: 'Whether the source took the click for a bot: 1, true, yes or bot; else human',
  event: 'sale, rebill, lead, install, signup, refund or chargeback',
  status:
    'Whether the source pays: rows that are rejected, declined, reversed, voided, invalid, cancelled or trash are left out',
  txn_id: 'Transaction id of a conversion',
  revenue: 'Amount of a conversion',
  payout: 'Payout of a conversion',
  currency: 'Currency of the amounts',
} as const;
export type ImportField = keyof typeof IMPORT_FIELDS;
export const FIELD_NAMES = Object.keys(IMPORT_FIELDS) as ImportField[];

/** The fields of each kind. */
const LINK = ['short_url', 'code', 'domain'] as const;
const CATALOG = ['campaign', 'variant', 'creative', 'offer'] as const;
export const FIELDS_OF: Readonly<Record<ImportKind, readonly ImportField[]>> = {
  links: [...LINK, 'url', 'time', 'expires_at', 'campaign', 'offer', 'contact_id'],
  clicks: [
    ...(['time', 'click_id', ...LINK, 'message_id', 'contact_id', 'sent_at', ...CATALOG] as const),
    ...(['ip', 'user_agent', 'country', 'device', 'os', 'browser', 'query', 'verdict'] as const),
  ],
  sends: ['time', 'message_id', 'contact_id', ...LINK, ...CATALOG, 'country'],
  conversions: [
    ...([
      'time',
      'event',
      'status',
      'txn_id',
      'revenue',
      'payout',
      'currency',
      'click_id',
      'sent_at',
    ] as const),
    ...([...LINK, 'message_id', 'contact_id', ...CATALOG] as const),
  ],
};

/** Of each group one column must be there, or nothing can be said of a row. */
export const NEEDED: Readonly<Record<ImportKind, readonly (readonly ImportField[])[]>> = {
  links: [['short_url', 'code'], ['url']],
  clicks: [['time']],
  sends: [['time'], ['message_id', 'contact_id']],
  conversions: [['time']],
};
