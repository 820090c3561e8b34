/**
 * The exports of other products that are known by their header lines: which of their columns is which field. Names are
 * written as headerKey() writes them; of several columns that are there, the first that has a value counts in each row,
 * and a query parameter can name another. `source` is what the names are from, and `known_from` how sure they are. Pure: a
 * table.
 */
import { type KnownFile, recognise } from '../../conversions/exports/known-files.ts';
import type { ImportField, ImportKind } from './import-fields.ts';

/**
 * `file`: the product's own code or tables name the columns of the file. `api`: its API or other people's importers name
 * them; the file's own header line is unconfirmed. `none`: nothing public names them.
 */
export const KNOWN_FROM = ['file', 'api', 'none'] as const;

export interface Preset extends KnownFile<ImportField> {
  preset: string;
  known_from: (typeof KNOWN_FROM)[number];
  kind: ImportKind;
  /** Whether the source tells upper case from lower case in its codes. */
  case: 'sensitive' | 'insensitive';
  /** Parameters of the tapped address that have columns of their own. */
  parameters?: Readonly<Record<string, string>>;
  /** Values of the event column, in small letters. */
  events?: Readonly<Record<string, string>>;
}

const numbered = (count: number, name: (i: number) => string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`sub${i + 1}`, name(i + 1)] as const));
const EVENTS = {
  lead: 'lead',
  hold: 'lead',
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
    source:
      'github.com/dubinc/dub, exportLinksColumns (Export links); LinkSchema, for the list of its API as CSV',
    known_from: 'file',
    kind: 'links',
    known_by: [
      ['short_link', 'destination_url'],
      ['domain', 'key', 'url'],
    ],
    columns: {
      short_url: ['short_link', 'shortlink'],
      code: ['key'],
      domain: ['domain'],
      url: ['destination_url', 'url'],
      time: ['created_at', 'createdat'],
      expires_at: ['expiresat'],
    },
    case: 'insensitive',
  },
  {
    preset: 'bitly_links',
    title: 'Bitly: links',
    source:
      'github.com/URLR/urlr-docs, "Migration from Bitly" (Link, Custom Link, Destination URL); dev.bitly.com, "Bitlinks"',
    known_from: 'api',
    kind: 'links',
    known_by: [
      ['link', 'destination_url'],
      ['link', 'long_url'],
    ],
    columns: {
      // A link that has a custom one is on bit.ly itself, and one without is its own.
      short_url: ['custom_link', 'link'],
      url: ['destination_url', 'long_url'],
      time: ['created_at', 'created', 'created_date', 'date_created'],
    },
    case: 'sensitive',
  },
  {
    preset: 'shortio_links',
    title: 'Short.io: links',
    source: 'developers.short.io, "Link object": its fields as CSV',
    known_from: 'api',
    kind: 'links',
    known_by: [
      ['originalurl', 'shorturl'],
      ['originalurl', 'path'],
      ['original_url', 'short_url'],
      ['original_url', 'path'],
    ],
    columns: {
      short_url: ['secureshorturl', 'shorturl', 'short_url'],
      code: ['path'],
      domain: ['domain', 'hostname'],
      url: ['originalurl', 'original_url'],
      time: ['createdat', 'created_at'],
      expires_at: ['expiresat', 'expires_at'],
    },
    case: 'sensitive',
  },
  {
    preset: 'rebrandly_links',
    title: 'Rebrandly: links',
    source: 'developers.rebrandly.com/docs/link-entity: its fields as CSV, because its pages export none',
    known_from: 'api',
    kind: 'links',
    known_by: [
      ['slashtag', 'destination'],
      ['shorturl', 'destination'],
    ],
    columns: {
      // It has no scheme: rebrand.ly/burn10M.
      short_url: ['shorturl', 'short_url'],
      code: ['slashtag'],
      domain: ['domain_fullname', 'domainname', 'domain'],
      url: ['destination'],
      time: ['createdat', 'created_at'],
    },
    case: 'insensitive',
  },
  {
    preset: 'shlink_links',
    title: 'Shlink: short URLs',
    source: 'github.com/shlinkio/shlink-web-component, ExportShortUrlsBtn',
    known_from: 'file',
    kind: 'links',
    known_by: [['shortcode', 'shorturl', 'longurl']],
    columns: {
      short_url: ['shorturl'],
      code: ['shortcode'],
      domain: ['domain'],
      url: ['longurl'],
      time: ['createdat'],
    },
    case: 'sensitive',
  },
  {
    preset: 'shlink_visits',
    title: 'Shlink: visits',
    source: 'github.com/shlinkio/shlink-web-component, normalizeVisits in VisitsParser.ts',
    known_from: 'file',
    kind: 'clicks',
    known_by: [['date', 'potentialbot', 'useragent']],
    columns: {
      time: ['date'],
      // Servers older than 4.1 leave it empty.
      short_url: ['visitedurl'],
      user_agent: ['useragent'],
      os: ['os'],
      browser: ['browser'],
      country: ['country'],
      verdict: ['potentialbot'],
    },
    case: 'sensitive',
  },
  {
    preset: 'kutt_links',
    title: 'Kutt: links',
    source:
      'github.com/thedevs-network/kutt, sanitize.link in server/utils and the table links: Kutt itself writes no CSV',
    known_from: 'file',
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
    known_from: 'file',
    kind: 'links',
    known_by: [['keyword', 'url']],
    columns: { code: ['keyword'], url: ['url'], time: ['timestamp'] },
    case: 'sensitive',
  },
  {
    preset: 'yourls_clicks',
    title: 'YOURLS: clicks',
    source:
      'github.com/YOURLS/YOURLS, functions-install.php, table yourls_log; times are of its server’s zone',
    known_from: 'file',
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
    source: 'none; the names of the same columns in its conversions report',
    known_from: 'none',
    kind: 'clicks',
    known_by: [
      ['visit_timestamp', 'click_id', 'visitor_ip'],
      ['visit_timestamp', 'click_id', 'user_agent'],
      ['click_timestamp', 'click_id', 'campaign'],
    ],
    columns: {
      click_id: ['click_id'],
      time: ['click_timestamp', 'visit_timestamp'],
      campaign: ['campaign', 'campaign_id'],
      offer: ['offer', 'offer_id'],
      contact_id: ['external_id'],
      ip: ['visitor_ip', 'ip_address', 'ip'],
      user_agent: ['user_agent'],
      country: ['country_code', 'country'],
      device: ['device'],
      os: ['operating_system', 'os'],
      browser: ['browser'],
    },
    parameters: numbered(10, (i) => `v${i}`),
    case: 'sensitive',
  },
  {
    preset: 'voluum_conversions',
    title: 'Voluum: conversions',
    source:
      'doc.voluum.com, "Conversion status"; its columns as public importers list them (Postback timestamp … V10)',
    known_from: 'api',
    kind: 'conversions',
    known_by: [
      ['postback_timestamp', 'click_id'],
      ['postback_timestamp', 'visit_timestamp', 'click_id', 'transaction_id'],
      ['postback_timestamp', 'visit_timestamp'],
    ],
    columns: {
      click_id: ['click_id'],
      time: ['postback_timestamp'],
      txn_id: ['transaction_id'],
      revenue: ['revenue'],
      event: ['conversion_type'],
      status: ['conversion_status'],
      campaign: ['campaign', 'campaign_id'],
      offer: ['offer', 'offer_id'],
      contact_id: ['external_id'],
    },
    events: EVENTS,
    case: 'sensitive',
  },
  {
    preset: 'keitaro_clicks',
    title: 'Keitaro: clicks',
    source:
      'admin-api.docs.keitaro.io, columns of POST /clicks/log; its pages export them with semicolons, in UTF-8',
    known_from: 'api',
    kind: 'clicks',
    known_by: [
      ['sub_id', 'datetime', 'ip'],
      ['sub_id', 'datetime', 'user_agent'],
      ['sub_id', 'datetime', 'campaign'],
    ],
    columns: {
      click_id: ['sub_id'],
      time: ['datetime'],
      campaign: ['campaign', 'campaign_id'],
      offer: ['offer', 'offer_id'],
      contact_id: ['external_id'],
      ip: ['ip'],
      user_agent: ['user_agent'],
      country: ['country_code', 'country_flag', 'country'],
      device: ['device_type'],
      os: ['os'],
      browser: ['browser'],
      verdict: ['is_bot'],
    },
    parameters: numbered(15, (i) => `sub_id_${i}`),
    case: 'sensitive',
  },
  {
    preset: 'keitaro_conversions',
    title: 'Keitaro: conversions',
    source:
      'admin-api.docs.keitaro.io, columns of POST /conversions/log; its pages export them with semicolons, in UTF-8',
    known_from: 'api',
    kind: 'conversions',
    known_by: [
      ['sub_id', 'conversion_id'],
      ['sub_id', 'postback_datetime'],
      ['sub_id', 'sale_datetime'],
    ],
    columns: {
      click_id: ['sub_id'],
      // A lead has no time of a sale.
      time: ['sale_datetime', 'postback_datetime', 'datetime'],
      sent_at: ['click_datetime'],
      txn_id: ['conversion_id', 'tid'],
      revenue: ['revenue'],
      // lead, sale, rebill and rejected, or hold and trash; types of conversions have names of the account's own.
      event: ['status'],
      status: ['status'],
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
    source: 'api.redtrack.io, GET /tracks and /clicks: fields as its public clients name them',
    known_from: 'api',
    kind: 'clicks',
    known_by: [
      ['clickid', 'track_time'],
      ['clickid', 'created_at', 'user_agent'],
    ],
    columns: {
      click_id: ['clickid'],
      time: ['track_time', 'created_at'],
      campaign: ['campaign', 'campaign_name', 'campaign_id'],
      offer: ['offer', 'offer_name', 'offer_id'],
      contact_id: ['external_id', 'ref_id'],
      ip: ['ip'],
      user_agent: ['user_agent'],
      country: ['country_code', 'country'],
      device: ['device'],
      os: ['os'],
      browser: ['browser'],
    },
    parameters: numbered(20, (i) => `sub${i}`),
    case: 'sensitive',
  },
  {
    preset: 'redtrack_conversions',
    title: 'RedTrack: conversions',
    source:
      'api.redtrack.io, GET /conversions: fields as its public clients name them; docs.redtrack.io, "Tracking different event types", for statuses',
    known_from: 'api',
    kind: 'conversions',
    known_by: [
      ['clickid', 'conv_time'],
      ['clickid', 'payout', 'type'],
    ],
    columns: {
      click_id: ['clickid'],
      time: ['conv_time', 'created_at'],
      sent_at: ['track_time'],
      // The token is of whatever the sender said; the id is of this conversion alone.
      txn_id: ['id', 'deduplicate_token'],
      revenue: ['payout', 'revenue'],
      currency: ['currency'],
      event: ['type'],
      // Other, Approved, Pending, Declined.
      status: ['status'],
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
    known_from: 'file',
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
    known_from: 'file',
    kind: 'clicks',
    // They have the columns of their messages too.
    known_by: [
      ['click_id', 'clicked_at'],
      ['click_id', 'clicked_at', 'message_id', 'contact_id', 'sent_at'],
    ],
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
    known_from: 'file',
    kind: 'conversions',
    known_by: [
      ['conversion_id', 'converted_at'],
      ['conversion_id', 'converted_at', 'click_id', 'message_id', 'contact_id', 'sent_at'],
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

/** The preset that a header line is known by; of a kind, where one is given. */
export const presetFor = (header: readonly string[], kind?: ImportKind): Preset | undefined =>
  recognise(
    PRESETS.filter((one) => kind === undefined || one.kind === kind),
    header,
  );
