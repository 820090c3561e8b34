/**
 * The exports of other products that are known by their header lines: which of their columns is which field. Names are
 * written as headerKey() writes them, the first that is there is taken, and a query parameter can name another. Sources
 * are the products' own documentation, source or tables. Pure: a table.
 */
import { headerKey } from '../../conversions/exports/export-formats.ts';
import type { ImportField, ImportKind } from './import-fields.ts';

export interface Preset {
  preset: string;
  title: string;
  /** Where its columns are documented. */
  source: string;
  kind: ImportKind;
  /** Of one of these lists all columns must be there for the file to be recognised. */
  known_by: readonly (readonly string[])[];
  columns: Partial<Record<ImportField, readonly string[]>>;
  /** Whether the source tells upper case from lower case in its codes. */
  case: 'sensitive' | 'insensitive';
  /** Parameters of the tapped address that have columns of their own. */
  parameters?: Readonly<Record<string, string>>;
  /** Values of the event column, in small letters. */
  events?: Readonly<Record<string, string>>;
}

const SUBS = Object.fromEntries(
  Array.from({ length: 15 }, (_, i) => [`sub${i + 1}`, `sub_id_${i + 1}`] as const),
);
const EVENTS = {
  lead: 'lead',
  sale: 'sale',
  deposit: 'sale',
  purchase: 'sale',
  conversion: 'sale',
  approved: 'sale',
  registration: 'signup',
  reg: 'signup',
  signup: 'signup',
  install: 'install',
  rebill: 'rebill',
  upsell: 'rebill',
  refund: 'refund',
  chargeback: 'chargeback',
} as const;

export const PRESETS: readonly Preset[] = [
  {
    preset: 'dub_links',
    title: 'Dub: links',
    source: 'github.com/dubinc/dub, exportLinksColumns and linksExportQuerySchema (Export links as CSV)',
    kind: 'links',
    known_by: [
      ['short_link', 'destination_url'],
      ['domain', 'key', 'url'],
    ],
    columns: {
      short_url: ['short_link', 'shortlink', 'link'],
      code: ['key', 'slug'],
      domain: ['domain'],
      url: ['destination_url', 'url'],
      time: ['created_at', 'createdat'],
      expires_at: ['expires_at', 'expiresat'],
    },
    case: 'insensitive',
  },
  {
    preset: 'bitly_links',
    title: 'Bitly: links',
    source:
      'dev.bitly.com, "Bitlinks" (link, long_url, created_at, custom_bitlinks); support.bitly.com, CSV export',
    kind: 'links',
    known_by: [
      ['link', 'long_url'],
      ['bitlink', 'long_url'],
      ['short_link', 'long_url'],
    ],
    columns: {
      short_url: ['custom_bitlink', 'custom_bitlinks', 'link', 'bitlink', 'short_link'],
      url: ['long_url'],
      time: ['created_at', 'created', 'created_date', 'date_created'],
    },
    case: 'sensitive',
  },
  {
    preset: 'shortio_links',
    title: 'Short.io: links',
    source: 'developers.short.io, "Link object" (originalURL, shortURL, path, createdAt), and its CSV export',
    kind: 'links',
    known_by: [
      ['original_url', 'short_url'],
      ['originalurl', 'shorturl'],
      ['original_url', 'path'],
      ['originalurl', 'path'],
    ],
    columns: {
      short_url: ['short_url', 'shorturl', 'secure_short_url', 'secureshorturl'],
      code: ['path'],
      domain: ['domain', 'hostname'],
      url: ['original_url', 'originalurl'],
      time: ['created_at', 'createdat', 'creation_date'],
      expires_at: ['expires_at', 'expiresat'],
    },
    case: 'sensitive',
  },
  {
    preset: 'rebrandly_links',
    title: 'Rebrandly: links',
    source: 'developers.rebrandly.com, "Link" (shortUrl, slashtag, domainName, destination, createdAt)',
    kind: 'links',
    known_by: [
      ['slashtag', 'destination'],
      ['slashtag', 'destination_url'],
      ['short_url', 'destination'],
      ['shorturl', 'destination'],
    ],
    columns: {
      short_url: ['short_url', 'shorturl', 'branded_link'],
      code: ['slashtag'],
      domain: ['domain', 'domain_name', 'domainname'],
      url: ['destination', 'destination_url'],
      time: ['created_at', 'createdat', 'creation_date'],
    },
    case: 'insensitive',
  },
  {
    preset: 'shlink_links',
    title: 'Shlink: short URLs',
    source: 'github.com/shlinkio/shlink-web-component, ReportExporter.exportShortUrls',
    kind: 'links',
    known_by: [
      ['shorturl', 'longurl'],
      ['shortcode', 'longurl'],
      ['short_code', 'long_url', 'domain'],
    ],
    columns: {
      short_url: ['shorturl', 'short_url'],
      code: ['shortcode', 'short_code'],
      domain: ['domain'],
      url: ['longurl', 'long_url'],
      time: ['createdat', 'datecreated', 'date_created'],
      expires_at: ['validuntil', 'valid_until'],
    },
    case: 'sensitive',
  },
  {
    preset: 'shlink_visits',
    title: 'Shlink: visits',
    source:
      'api-spec.shlink.io, "Visit"; github.com/shlinkio/shlink-web-component, ReportExporter.exportVisits',
    kind: 'clicks',
    known_by: [
      ['date', 'useragent', 'referer'],
      ['date', 'referer', 'potentialbot'],
      ['date', 'browser', 'os', 'referer'],
    ],
    columns: {
      time: ['date'],
      short_url: ['visitedurl', 'visited_url', 'shorturl'],
      user_agent: ['useragent', 'user_agent'],
      os: ['os'],
      browser: ['browser'],
      verdict: ['potentialbot', 'potential_bot'],
    },
    case: 'sensitive',
  },
  {
    preset: 'kutt_links',
    title: 'Kutt: links',
    source: 'docs.kutt.it, "Link" (address, target, link, created_at, expire_in, domain)',
    kind: 'links',
    known_by: [['address', 'target']],
    columns: {
      short_url: ['link'],
      code: ['address'],
      domain: ['domain'],
      url: ['target'],
      time: ['created_at'],
      expires_at: ['expire_in'],
    },
    case: 'sensitive',
  },
  {
    preset: 'yourls_links',
    title: 'YOURLS: links',
    source: 'github.com/YOURLS/YOURLS, functions-install.php, table yourls_url',
    kind: 'links',
    known_by: [['keyword', 'url']],
    columns: { short_url: ['shorturl'], code: ['keyword'], url: ['url'], time: ['timestamp'] },
    case: 'sensitive',
  },
  {
    preset: 'yourls_clicks',
    title: 'YOURLS: clicks',
    source: 'github.com/YOURLS/YOURLS, functions-install.php, table yourls_log',
    kind: 'clicks',
    known_by: [['click_time', 'shorturl', 'user_agent']],
    columns: {
      click_id: ['click_id'],
      time: ['click_time'],
      code: ['shorturl'],
      user_agent: ['user_agent'],
      ip: ['ip_address'],
      country: ['country_code'],
    },
    case: 'sensitive',
  },
  {
    preset: 'voluum_clicks',
    title: 'Voluum: visits',
    source: 'doc.voluum.com, "Live events" and "Clicks" reports',
    kind: 'clicks',
    known_by: [
      ['visit_timestamp', 'click_id', 'user_agent'],
      ['click_timestamp', 'click_id', 'campaign'],
      ['visit_timestamp', 'click_id', 'ip_address'],
    ],
    columns: {
      click_id: ['click_id'],
      time: ['click_timestamp', 'visit_timestamp'],
      campaign: ['campaign', 'campaign_name', 'campaign_id'],
      offer: ['offer', 'offer_name', 'offer_id'],
      contact_id: ['external_id'],
      ip: ['ip_address', 'ip'],
      user_agent: ['user_agent'],
      country: ['country_code', 'country'],
      device: ['device', 'device_type'],
      os: ['os'],
      browser: ['browser'],
    },
    parameters: Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`sub${i + 1}`, `custom_variable_${i + 1}`] as const),
    ),
    case: 'sensitive',
  },
  {
    preset: 'voluum_conversions',
    title: 'Voluum: conversions',
    source: 'doc.voluum.com, "Conversions Report"',
    kind: 'conversions',
    known_by: [
      ['postback_timestamp', 'click_id'],
      ['postback_timestamp', 'visit_timestamp'],
    ],
    columns: {
      click_id: ['click_id'],
      time: ['conversion_timestamp', 'postback_timestamp'],
      txn_id: ['transaction_id'],
      revenue: ['revenue', 'payout'],
      event: ['conversion_type', 'event'],
      campaign: ['campaign', 'campaign_name', 'campaign_id'],
      offer: ['offer', 'offer_name', 'offer_id'],
      contact_id: ['external_id'],
    },
    events: EVENTS,
    case: 'sensitive',
  },
  {
    preset: 'keitaro_clicks',
    title: 'Keitaro: clicks',
    source: 'admin-api.docs.keitaro.io, POST /clicks/log: its columns',
    kind: 'clicks',
    known_by: [
      ['sub_id', 'datetime', 'ip'],
      ['sub_id', 'datetime', 'user_agent'],
      ['subid', 'datetime', 'campaign'],
    ],
    columns: {
      click_id: ['sub_id', 'subid'],
      time: ['datetime'],
      campaign: ['campaign', 'campaign_id'],
      offer: ['offer', 'offer_id'],
      contact_id: ['external_id'],
      ip: ['ip'],
      user_agent: ['user_agent'],
      country: ['country_flag', 'country_code', 'country'],
      device: ['device_type'],
      os: ['os'],
      browser: ['browser'],
      verdict: ['is_bot'],
    },
    parameters: SUBS,
    case: 'sensitive',
  },
  {
    preset: 'keitaro_conversions',
    title: 'Keitaro: conversions',
    source: 'admin-api.docs.keitaro.io, POST /conversions/log: its columns',
    kind: 'conversions',
    known_by: [
      ['sub_id', 'conversion_id'],
      ['sub_id', 'postback_datetime'],
      ['sub_id', 'sale_datetime'],
    ],
    columns: {
      click_id: ['sub_id'],
      time: ['sale_datetime', 'postback_datetime', 'datetime'],
      sent_at: ['click_datetime'],
      txn_id: ['tid', 'conversion_id'],
      revenue: ['revenue'],
      event: ['conversion_type', 'status'],
      campaign: ['campaign', 'campaign_id'],
      offer: ['offer', 'offer_id'],
      contact_id: ['external_id'],
    },
    events: EVENTS,
    case: 'sensitive',
  },
  {
    preset: 'redtrack_clicks',
    title: 'RedTrack: clicks',
    source: 'dev.redtrack.io, GET /clicks; help.redtrack.io, "Click log"',
    kind: 'clicks',
    known_by: [
      ['clickid', 'track_time'],
      ['clickid', 'created_at', 'user_agent'],
      ['click_id', 'track_time'],
    ],
    columns: {
      click_id: ['clickid', 'click_id'],
      time: ['track_time', 'created_at'],
      campaign: ['campaign', 'campaign_name', 'campaign_id'],
      offer: ['offer', 'offer_name', 'offer_id'],
      contact_id: ['external_id', 'ref_id'],
      ip: ['ip'],
      user_agent: ['user_agent'],
      country: ['country_code', 'country'],
      device: ['device', 'device_type'],
      os: ['os'],
      browser: ['browser'],
    },
    parameters: Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`sub${i + 1}`, `sub${i + 1}`] as const),
    ),
    case: 'sensitive',
  },
  {
    preset: 'redtrack_conversions',
    title: 'RedTrack: conversions',
    source: 'dev.redtrack.io, GET /conversions; help.redtrack.io, "Conversion log"',
    kind: 'conversions',
    known_by: [
      ['clickid', 'conv_time'],
      ['clickid', 'payout', 'type'],
      ['click_id', 'conv_time'],
    ],
    columns: {
      click_id: ['clickid', 'click_id'],
      time: ['conv_time', 'created_at'],
      sent_at: ['track_time'],
      txn_id: ['deduplicate_token', 'transaction_id', 'id'],
      revenue: ['payout', 'revenue'],
      currency: ['currency'],
      event: ['type', 'conversion_type'],
      campaign: ['campaign', 'campaign_name', 'campaign_id'],
      offer: ['offer', 'offer_name', 'offer_id'],
    },
    events: EVENTS,
    case: 'sensitive',
  },
  {
    preset: 'trackly_sends',
    title: 'Trackly: messages',
    source: 'GET /v2/schema, report_sends',
    kind: 'sends',
    known_by: [['message_id', 'contact_id', 'sent_at']],
    columns: {
      time: ['sent_at'],
      message_id: ['message_id'],
      contact_id: ['contact_id'],
      campaign: ['campaign_id', 'campaign'],
      variant: ['variant_id'],
      creative: ['creative_id', 'creative'],
      offer: ['offer_id', 'offer'],
      domain: ['domain'],
      short_url: ['short_url'],
      code: ['link_id'],
      country: ['country'],
    },
    case: 'sensitive',
  },
  {
    preset: 'trackly_clicks',
    title: 'Trackly: clicks',
    source: 'GET /v2/schema, report_clicks',
    kind: 'clicks',
    known_by: [['click_id', 'clicked_at']],
    columns: {
      time: ['clicked_at'],
      click_id: ['click_id'],
      short_url: ['short_url'],
      code: ['link_id'],
      domain: ['domain'],
      message_id: ['message_id'],
      contact_id: ['contact_id'],
      sent_at: ['sent_at'],
      campaign: ['campaign_id', 'campaign'],
      variant: ['variant_id'],
      creative: ['creative_id', 'creative'],
      offer: ['offer_id', 'offer'],
      ip: ['ip'],
      user_agent: ['user_agent'],
      country: ['country'],
      device: ['device'],
      os: ['os'],
      browser: ['browser'],
      verdict: ['verdict'],
    },
    case: 'sensitive',
  },
  {
    preset: 'trackly_conversions',
    title: 'Trackly: conversions',
    source: 'GET /v2/schema, report_conversions',
    kind: 'conversions',
    known_by: [
      ['conversion_id', 'converted_at'],
      ['event', 'converted_at'],
    ],
    columns: {
      time: ['converted_at'],
      event: ['event'],
      txn_id: ['txn_id', 'conversion_id'],
      revenue: ['revenue', 'amount'],
      payout: ['payout'],
      currency: ['currency'],
      click_id: ['click_id'],
      short_url: ['short_url'],
      code: ['link_id'],
      domain: ['domain'],
      message_id: ['message_id'],
      contact_id: ['contact_id'],
      sent_at: ['sent_at'],
      campaign: ['campaign_id', 'campaign'],
      variant: ['variant_id'],
      creative: ['creative_id', 'creative'],
      offer: ['offer_id', 'offer'],
    },
    case: 'sensitive',
  },
];

export const PRESET_NAMES = PRESETS.map(({ preset }) => preset);

export const presetOf = (name: string): Preset | undefined => PRESETS.find(({ preset }) => preset === name);

/** The preset that a header line is known by: of several the one that needs most columns; of a kind, where one is given. */
export function recognise(header: readonly string[], kind?: ImportKind): Preset | undefined {
  const keys = new Set(header.map(headerKey));
  const fits = ({ known_by }: Preset): number =>
    Math.max(0, ...known_by.map((names) => (names.every((name) => keys.has(name)) ? names.length : 0)));
  return PRESETS.filter((one) => (kind === undefined || one.kind === kind) && fits(one) > 0).toSorted(
    (a, b) => fits(b) - fits(a),
  )[0];
}
