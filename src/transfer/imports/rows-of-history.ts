/**
 * Makes the rows of the tables from rows of a file: what the tap, the send and the report would have left, marked with
 * their import. First clicks are found when all rows are there (apply-sql.ts). Pure, apart from what the caller looks up.
 */
import { createHash } from 'node:crypto';
import { parseAddress } from '../../bots/networks/address.ts';
import { userAgentReasons } from '../../bots/signals/user-agent.ts';
import { type Agents, BROWSER_NAMES, type DEVICE_KINDS, OTHER, SYSTEM_NAMES } from '../../clicks/agent.ts';
import { QUERY_LENGTH_MAX, USER_AGENT_LENGTH_MAX } from '../../clicks/click.ts';
import type { CountedClick } from '../../clicks/click-fields.ts';
import {
  type Conversion,
  EVENTS,
  type Event,
  encodeConversion,
  isConversion,
  isReversal,
  isVoid,
  NO_SUBJECT,
  type Subject,
} from '../../conversions/conversion.ts';
import { REJECTED } from '../../conversions/exports/known-files.ts';
import { lineKey, lineOf } from '../../conversions/line.ts';
import type { Link } from '../../links/link.ts';
import { parseDecimal } from '../../platform/decimal.ts';
import { ALPHABET } from '../../platform/random.ts';
import { cleanText } from '../../platform/text.ts';
import { encodeTime } from '../../platform/time-text.ts';
import type { IpStorage } from '../../privacy/stored-address.ts';
import type { ImportColumns } from './import-columns.ts';
import {
  amountOf,
  countryOf,
  currencyOf,
  happenedAt,
  idOf,
  isBot,
  keyOfContent,
  keyOfId,
  oldLinkOf,
  RowError,
  type RowStyle,
  type TextOf,
  textsOf,
  timeOf,
} from './read-import-row.ts';
import type { Staged, StagedClick, StagedConversion, StagedSend } from './staged-fields.ts';

const CONTACT_LENGTH_MAX = 256;
const LINK_DIGITS = 7;
const CLICK_DIGITS = 14;
const CONVERSION_DIGITS = 14;
const NO_LINK = '0'.repeat(LINK_DIGITS);
/** Ids of clicks as this product makes them: a file of another installation keeps its own. */
const OWN_CLICK_ID = /^[0-9A-Za-z]{29}(?:[0-9A-Za-z]{3})?$/;
/** The version of rules that judged: none of ours. */
const RULES_VERSION = 'imported';
/** Of a bot, as if the rules had found it: the least that makes a bot. */
const BOT_SCORE = 100;
const DAYS_UNSET = 0;

/** What the rows of one import have in common. */
export interface History {
  account_id: string;
  import_id: string;
  columns: ImportColumns;
  style: RowStyle;
  now_ms: number;
  agents: Pick<Agents, 'of'>;
  own_domain: string;
  clicks_s: number;
  sends_s: number;
  ip_storage: IpStorage;
  /** The ids that names and external ids of the catalog stand for. */
  entityOf(kind: 'offer' | 'campaign' | 'creative', text: string): string;
}

/** One row of the file, and the link that it names where the account has that. */
export interface FileRow {
  line: number;
  values: readonly string[];
  link: Link | undefined;
}

const digitsOf = (text: string, digits: number): string =>
  [...createHash('sha256').update(text).digest().subarray(0, digits)]
    .map((byte) => ALPHABET.charAt(byte % ALPHABET.length))
    .join('');

/** The id that stands for an old link: the one that the link gets when it is imported, unless that is taken. */
export const linkIdOf = (account_id: string, host: string, code: string): string =>
  digitsOf(`${account_id}\n${host}/${code}`, LINK_DIGITS);

/** What all kinds say of the link, the message and the contact. */
function subjectOf(history: History, text: TextOf, { link }: FileRow): Subject & { old_link: string } {
  const old = oldLinkOf(text, history.style);
  const known = link ?? NO_SUBJECT;
  const named = (kind: 'offer' | 'campaign' | 'creative'): string => {
    const id = idOf(text, kind, CONTACT_LENGTH_MAX);
    return id === '' ? '' : history.entityOf(kind, id);
  };
  const old_link = old === undefined ? '' : `${old.host}/${old.code}`;
  return {
    link_id: link?.link_id ?? (old === undefined ? '' : linkIdOf(history.account_id, old.host, old.code)),
    link_key: link?.link_key ?? '',
    message_id: idOf(text, 'message_id') || known.message_id,
    contact_id: idOf(text, 'contact_id', CONTACT_LENGTH_MAX) || known.contact_id,
    creative_id: named('creative') || known.creative_id,
    campaign_id: named('campaign') || known.campaign_id,
    variant_id: idOf(text, 'variant') || known.variant_id,
    domain: old?.host ?? text('domain').toLowerCase(),
    sent_at_ms: timeOf(text, 'sent_at', history.style) ?? known.sent_at_ms,
    old_link,
  };
}

const offerOf = (history: History, text: TextOf, link: Link | undefined): string => {
  const offer = idOf(text, 'offer', CONTACT_LENGTH_MAX);
  return offer === '' ? (link?.offer_id ?? '') : history.entityOf('offer', offer);
};

const stagedOf = ({ import_id }: History, line: number, row_key: string, old_link: string): Staged => ({
  ...{ import_id, row_key, old_link },
  line_no: line,
});

/** Values of the fields, for a key of content: columns that are not read say nothing. */
const contentOf = ({ columns: { at, parameters } }: History, values: readonly string[]): string[] =>
  [...Object.values(at).flat(), ...parameters.map(([, index]) => index)].map((index) => values[index] ?? '');

/** Throws RowError. */
export function clickOf(history: History, row: FileRow): StagedClick {
  const text = textsOf(history.columns, row.values);
  const at_ms = happenedAt(text, history.style, history.now_ms);
  const { old_link, ...subject } = subjectOf(history, text, row);
  const source_id = text('click_id');
  const row_key =
    source_id === '' ? keyOfContent(contentOf(history, row.values)) : keyOfId('click', source_id);
  const user_agent = cleanText(text('user_agent').slice(0, USER_AGENT_LENGTH_MAX));
  const offer_id = offerOf(history, text, row.link);
  const ip = text('ip');
  const click: CountedClick['click'] = {
    ...subject,
    click_id: OWN_CLICK_ID.test(source_id)
      ? source_id
      : encodeTime(at_ms) + digitsOf(row_key, CLICK_DIGITS) + (subject.link_id || NO_LINK),
    clicked_at_ms: at_ms,
    method: 'GET',
    ip: parseAddress(ip) === undefined ? '::' : ip,
    user_agent,
    headers: {},
    query: queryOf(history, text, row.values),
    account_id: history.account_id,
    offer_id,
    planned_offer_id: offer_id,
    sent_at_ms: subject.sent_at_ms || at_ms,
    contact_country: '',
    answered: 'redirect',
    trace: '',
    rule: '',
    fallback_reason: '',
    cap: '',
    is_test: false,
  };
  return {
    click,
    judged: judgedOf(text, user_agent),
    agent: agentOf(history, text, user_agent),
    visitor: '',
    ip_storage: parseAddress(ip) === undefined ? 'none' : history.ip_storage,
    first: { is_first: false, is_first_for_offer: false, payout: '0', currency: '' },
    logged: { process: '', logged_at_ms: at_ms },
    batch: history.import_id,
    expires_at_s: Math.floor(at_ms / 1_000) + history.clicks_s,
    staged: stagedOf(history, row.line, row_key, old_link),
  };
}

/** The source's verdict; where it has none, what the user agent says. */
function judgedOf(text: TextOf, user_agent: string): CountedClick['judged'] {
  const written = text('verdict') !== '';
  const bot = isBot(text);
  const reasons = user_agent === '' || written ? [] : userAgentReasons({ user_agent });
  const by_agent = reasons.some((reason) => CERTAIN.includes(reason));
  const verdict = bot || by_agent ? 'bot' : 'human';
  return {
    verdict,
    score: verdict === 'bot' ? BOT_SCORE : 0,
    bot_reasons: bot ? ['imported:bot'] : by_agent ? reasons : [],
    rules_version: RULES_VERSION,
    place: { asn: 0, country: countryOf(text) },
    activity: { recipients: 0, links: 0, agents: 0, since_other_link_ms: -1 },
    address_rule: '',
  };
}

/** What a user agent says of itself: enough without anything else. */
const CERTAIN: readonly string[] = [
  'user_agent:isbot',
  'user_agent:preview',
  'user_agent:library',
  'user_agent:declared',
];

function agentOf({ agents }: History, text: TextOf, user_agent: string): CountedClick['agent'] {
  if (user_agent !== '') return agents.of(user_agent);
  const device = DEVICE_NAMES.find(([word]) => text('device').toLowerCase().includes(word))?.[1] ?? 'other';
  return {
    device,
    os: amongOf(SYSTEM_NAMES, text('os')),
    browser: amongOf(BROWSER_NAMES, text('browser')),
    in_app: '',
  };
}

type DeviceKind = (typeof DEVICE_KINDS)[number];
const DEVICE_NAMES: readonly [word: string, kind: DeviceKind][] = [
  ['tablet', 'tablet'],
  ['phone', 'phone'],
  ['mobile', 'phone'],
  ['desktop', 'desktop'],
  ['computer', 'desktop'],
];
/** Names that differ by a version: "Chrome Mobile 120", "Mac OS X". */
function amongOf(names: readonly string[], written: string): string {
  const plain = written.toLowerCase().replace('mac os x', 'macos').replace('os x', 'macos');
  return names.find((name) => plain.startsWith(name.toLowerCase())) ?? OTHER;
}

function queryOf({ columns: { parameters } }: History, text: TextOf, values: readonly string[]): string {
  const own = parameters.flatMap(([name, index]): [string, string][] => {
    const value = values[index] ?? '';
    return value === '' ? [] : [[name, value]];
  });
  const query = new URLSearchParams(own).toString();
  const whole = [text('query').replace(/^\?/, ''), query].filter((part) => part !== '').join('&');
  return cleanText(whole.slice(0, QUERY_LENGTH_MAX));
}

/** Throws RowError. */
export function sendOf(history: History, row: FileRow): StagedSend {
  const text = textsOf(history.columns, row.values);
  const at_ms = happenedAt(text, history.style, history.now_ms);
  const { old_link, ...subject } = subjectOf(history, text, row);
  const given_id = idOf(text, 'message_id');
  const row_key = given_id === '' ? keyOfContent(contentOf(history, row.values)) : keyOfId('send', given_id);
  const offer_id = offerOf(history, text, row.link);
  const country = countryOf(text);
  const link_id = subject.link_id || (offer_id === '' ? '' : digitsOf(row_key, LINK_DIGITS));
  return {
    send: {
      ...{ account_id: history.account_id, contact_id: subject.contact_id },
      message_id: given_id || `imp_${row_key}`,
      creative_id: subject.creative_id,
      campaign_id: subject.campaign_id,
      variant_id: subject.variant_id,
      variant_probability: 0,
      domain: subject.domain,
      sent_at_ms: at_ms,
      logged_at_ms: at_ms,
      links: link_id === '' ? [] : [{ link_key: subject.link_key || 'link1', link_id, offer_id }],
      fields: country === '' ? {} : { country },
      link_expires_at_ms: 0,
      is_test: false,
    },
    own_domain: history.own_domain,
    batch: history.import_id,
    expires_at_s: Math.floor(at_ms / 1_000) + history.sends_s,
    staged: stagedOf(history, row.line, row_key, old_link),
  };
}

function eventOf(history: History, text: TextOf): Event {
  if (REJECTED.includes(text('status').toLowerCase()))
    throw new RowError('not_paid', 'its status says that nothing is paid for it');
  const written = text('event').toLowerCase();
  if (written === '') return 'sale';
  const event = history.columns.preset?.events?.[written] ?? written;
  const found = EVENTS.find((one) => one === event);
  if (found !== undefined && !isVoid(found)) return found;
  throw new RowError(
    'invalid_event',
    'its event is none that counts: sale, rebill, lead, install, signup, refund or chargeback',
  );
}

/** A line of the money ledger that nothing settles any more. Throws RowError. */
export function conversionOf(history: History, row: FileRow): StagedConversion {
  const text = textsOf(history.columns, row.values);
  const at_ms = happenedAt(text, history.style, history.now_ms);
  const { old_link, ...named } = subjectOf(history, text, row);
  const subject: Subject = { ...named, sent_at_ms: named.sent_at_ms || at_ms };
  const revenue = amountOf(text, 'revenue', history.style);
  const payout = amountOf(text, 'payout', history.style);
  const currency = currencyOf(text, history.style, revenue, payout);
  const written = eventOf(history, text);
  const event: Event = revenue.negative && !isReversal(written) ? 'refund' : written;
  const txn_id = idOf(text, 'txn_id', CONTACT_LENGTH_MAX);
  const source_click = idOf(text, 'click_id', CONTACT_LENGTH_MAX);
  const row_key =
    txn_id === ''
      ? keyOfContent(contentOf(history, row.values))
      : keyOfId('conversion', txn_id, event, isReversal(event) ? revenue.amount : '');
  const click_id = OWN_CLICK_ID.test(source_click) ? source_click : '';
  const conversion: Conversion = {
    conversion_id: `cnv_${encodeTime(at_ms)}${digitsOf(row_key, CONVERSION_DIGITS)}`,
    account_id: history.account_id,
    offer_id: offerOf(history, text, row.link),
    // No later report is of it: what was settled elsewhere stays as it is.
    transaction: `import:${row_key}`,
    ...{ event, txn_id, refund_id: '', voids: '', channel: 'api' as const },
    network: history.columns.preset?.preset.split('_')[0] ?? '',
    upload_id: '',
    reported: source_click === '' ? '' : `click_id=${source_click}`,
    ...{ problem: '', click_id, code: '', amount: revenue.amount, currency },
    converted_at_ms: at_ms,
    received_at_ms: at_ms,
    ...{ subject, credit_by: 'offer' as const, reason: '' as const },
    terms: {
      ...{ payout_type: 'cpa', payout: '0', currency, model: 'first_click', duplicates: 'ignore' },
      ...{ click_window_days: DAYS_UNSET, view_window_hours: 0, min_conversion_seconds: 0 },
    },
  };
  const line = lineOf(
    conversion,
    { ...subject, click_id, credited_at_ms: at_ms, model: '' },
    {
      conversions: isConversion(event) ? 1 : 0,
      [isReversal(event) ? 'refunds' : 'sales']: parseDecimal(revenue.amount) ?? 0n,
      payout: (parseDecimal(payout.amount) ?? 0n) * (payout.negative ? -1n : 1n),
    },
  );
  return {
    ...{ conversion, line, sign: 1 as const, own_domain: history.own_domain, batch: history.import_id },
    facts_json: encodeConversion(conversion),
    line_json: lineKey(line),
    staged: stagedOf(history, row.line, row_key, old_link),
  };
}
