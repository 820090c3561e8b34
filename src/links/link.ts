/**
 * A link: 7 characters that belong to one message, one link key and one offer, and its texts in Redis. A link created
 * with its message stores only its own fields and the id of its placement, which all links of a send share: in most of
 * them as a short text, else as a JSON array. This keeps a link small, and a cold tap still takes one call, because
 * every process has the placements of a send in memory. A link created alone, or changed later, is a JSON array that
 * contains its whole placement. Where each is stored is said in stored-links.ts.
 */
import { createHash } from 'node:crypto';
import { type ParameterRules, QUERY_MODES } from '../catalog/parameter-rules.ts';
import { texts } from '../platform/row-shape.ts';
import { decodeTime, encodeTime, TIME_DIGITS } from '../platform/time-text.ts';
import type { Closure } from '../takedowns/takedown.ts';

/** The placement of a link: the fields shared by all messages of a creative in a campaign. */
export interface Placement {
  account_id: string;
  /** '' for a link with its own destination (`url`). */
  offer_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  /** `link1`, `link2` …; '' outside a creative. */
  link_key: string;
  /** Tracking domain that it was made for; '' is the installation's own. */
  domain: string;
  /** Set where the message, or the link, is a test: it opens like any other, and nothing of it counts. */
  is_test?: boolean | undefined;
}

/** The fields of the link itself; parameter rules only where it has its own. */
export interface OwnPart extends ParameterRules {
  link_id: string;
  /** '' for a link that was shortened outside a message. */
  message_id: string;
  contact_id: string;
  sent_at_ms: number;
  /** The link's own destination; '' if it uses the offer's. */
  url: string;
  /** The message's own values, for destination macros. */
  fields: Readonly<Record<string, string>>;
  /** 0: never. */
  expires_at_ms: number;
  disabled: boolean;
  /** While the operator has taken it down. */
  taken_down?: Closure | undefined;
  /** Set where an import brought it: an old link opens for ever, unless it names somebody. */
  is_imported?: boolean | undefined;
}

export interface Link extends OwnPart, Placement {}

/** What the text of a link has that refers to its placement. */
type PlacedPart = Pick<OwnPart, 'message_id' | 'contact_id' | 'sent_at_ms' | 'fields' | 'expires_at_ms'>;

/** A link without its id; the stored value does not contain the id. */
export type NewLink = Omit<Link, 'link_id'>;

/** A link as read: with its placement, or with the id of its placement. */
export interface StoredLink {
  own: OwnPart;
  placement: Placement | string;
}

const LINK_ID = /^[A-Za-z0-9]{7}$/;
/** 48 bits; a collision of two placements is detected when they are stored, see link-store.ts. */
const PLACEMENT_ID_LENGTH = 8;
/**
 * The maximum number of parts of a stored link that refers to its placement, and the minimum of one that contains it.
 */
const PLACED_PARTS_MAX = 5;
const WHOLE_PARTS_MIN = 9;
const NO_FIELDS: OwnPart['fields'] = Object.freeze({});

/** True for 7 characters `A-Za-z0-9`. */
export function isLinkId(text: string): boolean {
  return LINK_ID.test(text);
}

export function linkKey(link_id: string): string {
  return `link:${link_id}`;
}

export function placementKey(placement_id: string): string {
  return `placement:${placement_id}`;
}

/** A placement as it is stored; that of a test has TEST behind it. */
type PlacementParts = [string, string, string, string, string, string, string];
const PLACEMENT_PARTS = 7;
const TEST = 1;
const IMPORTED = 1;

export function encodePlacement(placement: Placement): string {
  const { account_id, offer_id, creative_id, campaign_id, variant_id, link_key, domain } = placement;
  const parts = [account_id, offer_id, creative_id, campaign_id, variant_id, link_key, domain];
  return JSON.stringify(placement.is_test ? [...parts, TEST] : parts);
}

const testOf = (part: unknown): Pick<Placement, 'is_test'> => (part === TEST ? { is_test: true } : {});

/** The id of the placement with this text: a hash, so equal texts have equal ids. */
export function placementId(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, PLACEMENT_ID_LENGTH);
}

/** Decodes what encodePlacement wrote. Throws on any other text. */
export function decodePlacement(text: string): Placement {
  const stored = JSON.parse(text) as unknown;
  const parts: unknown[] = Array.isArray(stored) ? stored.slice(0, PLACEMENT_PARTS) : [];
  if (parts.length !== PLACEMENT_PARTS || parts.some((part) => typeof part !== 'string')) {
    throw new Error('malformed placement');
  }
  const [account_id, offer_id, creative_id, campaign_id, variant_id, link_key, domain] =
    parts as PlacementParts;
  return {
    ...{ account_id, offer_id, creative_id, campaign_id, variant_id, link_key, domain },
    ...testOf((stored as unknown[])[PLACEMENT_PARTS]),
  };
}

/**
 * Whether a link can be stored with a reference to its placement: it is unchanged since it was created with its
 * message.
 */
export function canBePlaced(link: NewLink): boolean {
  const { url, disabled, taken_down, sent_at_ms } = link;
  return (
    url === '' &&
    !disabled &&
    taken_down === undefined &&
    encodeRules(link) === 0 &&
    decodeTime(encodeTime(sent_at_ms)) === sent_at_ms
  );
}

/** What is left out of an id that a message got from us, and the characters that stay. */
const OWN_ID_PREFIX = 'msg_';
const OWN_ID_LENGTH = 14;
const OWN_ID = new RegExp(`^${OWN_ID_PREFIX}[A-Za-z0-9]{${OWN_ID_LENGTH}}$`);
/** The first digit of a time until the year 2081, which is left out. */
const TIME_BEGINS = '0';
/** Where a short text has what. */
const TIME_AT = PLACEMENT_ID_LENGTH;
const MESSAGE_AT = TIME_AT + TIME_DIGITS - TIME_BEGINS.length;
const CONTACT_AT = MESSAGE_AT + OWN_ID_LENGTH;
/** A contact without spaces in ASCII, so that its characters are its bytes, whose id says that it is no UUID in short. */
const PLAIN_CONTACT = /^(?!\.)[\x21-\x7e]*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_MARK = '.';
const UUID_GROUPS = /^(.{8})(.{4})(.{4})(.{4})/;
/** Of a contact in a short text: all that messages may have. Up to 32 a link has, with the day of its end, 64 bytes. */
const CONTACT_LENGTH_MAX = 128;
/** What separates what comes behind the contact: the names and values of fields, and the link's own end. */
const BEFORE_NAME = '\x1e';
const BEFORE_VALUE = '\x1f';
const BEFORE_END = '\x1d';
const JSON_BEGINS = '[';

/** A UUID in 23 characters, other ids as they are; undefined for one that fits in no short text. */
function shortContact(contact_id: string): string | undefined {
  if (UUID.test(contact_id)) {
    return UUID_MARK + Buffer.from(contact_id.replaceAll('-', ''), 'hex').toString('base64url');
  }
  return contact_id.length <= CONTACT_LENGTH_MAX && PLAIN_CONTACT.test(contact_id) ? contact_id : undefined;
}

function contactOf(short: string): string {
  if (!short.startsWith(UUID_MARK)) return short;
  return Buffer.from(short.slice(UUID_MARK.length), 'base64url')
    .toString('hex')
    .replace(UUID_GROUPS, '$1-$2-$3-$4-');
}

/**
 * The text of a link that refers to its placement: placement, time, message and contact without separators, where the
 * message's id is one of ours and the contact's is plain; behind them its fields and its own end, if it has any. Else
 * JSON. A short text never begins like JSON.
 */
export function encodePlacedLink(placement_id: string, link: PlacedPart): string {
  return encodeShortLink(placement_id, link) ?? encodePlacedJson(placement_id, link);
}

function encodeShortLink(placement_id: string, link: PlacedPart): string | undefined {
  const { message_id, contact_id, sent_at_ms } = link;
  const time = encodeTime(sent_at_ms);
  if (!time.startsWith(TIME_BEGINS) || !OWN_ID.test(message_id)) return undefined;
  const [contact, rest] = [shortContact(contact_id), shortRest(link)];
  if (contact === undefined || rest === undefined) return undefined;
  const message = message_id.slice(OWN_ID_PREFIX.length);
  return placement_id + time.slice(TIME_BEGINS.length) + message + contact + rest;
}

/**
 * A link's fields and its own end, '' where it has neither. Fields are as in JSON, with one character instead of three
 * between the texts. undefined where that would not be read as it was: a text has what JSON escapes, as quotation marks.
 */
function shortRest({ fields, expires_at_ms }: Pick<OwnPart, 'fields' | 'expires_at_ms'>): string | undefined {
  const end = expires_at_ms === 0 ? '' : BEFORE_END + encodeTime(expires_at_ms);
  if (end !== '' && decodeTime(end.slice(BEFORE_END.length)) !== expires_at_ms) return undefined;
  if (Object.keys(fields).length === 0) return end === '' ? '' : BEFORE_NAME + end;
  const json = JSON.stringify(fields);
  if (json.includes('\\')) return undefined;
  // Each match has both quotation marks, so that the next begins behind a text.
  const texts_only = json.slice(2, -2).replace(/":"|","/g, (between) => BETWEEN[between] as string);
  return BEFORE_NAME + texts_only + end;
}

const BETWEEN: Readonly<Record<string, string>> = { '":"': BEFORE_VALUE, '","': BEFORE_NAME };

/** Decodes what shortRest wrote behind its first character. Throws on any other text, or gives undefined. */
function readShortRest(rest: string): Pick<OwnPart, 'fields' | 'expires_at_ms'> | undefined {
  const end_at = rest.indexOf(BEFORE_END);
  const expires_at_ms = end_at === -1 ? 0 : decodeTime(rest.slice(end_at + BEFORE_END.length));
  if (expires_at_ms === undefined) return undefined;
  if (end_at === 0) return { fields: NO_FIELDS, expires_at_ms };
  const texts_only = end_at === -1 ? rest : rest.slice(0, end_at);
  // JSON.parse keeps short texts once, however many links have them.
  const json = texts_only.replaceAll(BEFORE_NAME, '","').replaceAll(BEFORE_VALUE, '":"');
  return { fields: JSON.parse(`{"${json}"}`) as OwnPart['fields'], expires_at_ms };
}

/** The same as JSON, whatever the link has: placement and time in one text, message, contact, optionally fields and end. */
export function encodePlacedJson(placement_id: string, link: PlacedPart): string {
  const parts: unknown[] = [
    placement_id + encodeTime(link.sent_at_ms),
    link.message_id,
    link.contact_id,
    Object.keys(link.fields).length === 0 ? 0 : link.fields,
    link.expires_at_ms,
  ];
  while (parts.length > 3 && parts.at(-1) === 0) parts.pop();
  return JSON.stringify(parts);
}

const SHORT_LENGTH_MAX = CONTACT_AT + CONTACT_LENGTH_MAX;
/**
 * Where the ids of a message and its contact are copied from a short text. A slice of it would keep all of it in the
 * memory of a redirect process: 390 bytes a link instead of 300 (bench/memory).
 */
const IDS = Buffer.alloc(OWN_ID_PREFIX.length + SHORT_LENGTH_MAX, OWN_ID_PREFIX);
const ID_LENGTH = OWN_ID_PREFIX.length + OWN_ID_LENGTH;
const NO_REST = { fields: NO_FIELDS, expires_at_ms: 0 };

/** The JSON of a link that refers to its placement, of what encodePlacedLink wrote: whatever is no short text stays. */
export function asPlacedJson(link_id: string, text: string): string {
  if (text.startsWith(JSON_BEGINS)) return text;
  const { own, placement } = readStoredLink(link_id, text);
  return encodePlacedJson(placement as string, own);
}

/** Decodes a short text; undefined for any other. */
function readShortLink(link_id: string, text: string): StoredLink | undefined {
  const sent_at_ms = decodeTime(TIME_BEGINS + text.slice(TIME_AT, MESSAGE_AT));
  const rest_at = text.indexOf(BEFORE_NAME, CONTACT_AT);
  const length = rest_at === -1 ? text.length : rest_at;
  if (sent_at_ms === undefined || length < CONTACT_AT || length > SHORT_LENGTH_MAX) return undefined;
  const rest = rest_at === -1 ? NO_REST : readShortRest(text.slice(rest_at + BEFORE_NAME.length));
  if (rest === undefined) return undefined;
  IDS.write(text.slice(MESSAGE_AT, length), OWN_ID_PREFIX.length, 'latin1');
  return {
    own: {
      link_id,
      message_id: IDS.toString('latin1', 0, ID_LENGTH),
      contact_id: contactOf(IDS.toString('latin1', ID_LENGTH, ID_LENGTH + length - CONTACT_AT)),
      sent_at_ms,
      url: '',
      fields: rest.fields,
      expires_at_ms: rest.expires_at_ms,
      disabled: false,
    },
    placement: text.slice(0, PLACEMENT_ID_LENGTH),
  };
}

/** Its own parameter rules as [query, url_params], each 0 where it has none; 0 without both. */
function encodeRules({ query, url_params = {} }: ParameterRules): unknown {
  const named = Object.keys(url_params).length > 0;
  return query || named ? [query ?? 0, named ? url_params : 0] : 0;
}

function decodeRules(part: unknown): ParameterRules {
  if (!Array.isArray(part)) return {};
  const query = QUERY_MODES.find((mode) => mode === part[0]);
  const url_params = texts(part[1]);
  return { ...(query && { query }), ...(url_params && { url_params }) };
}

function decodeClosure(part: unknown): Pick<OwnPart, 'taken_down'> {
  if (!Array.isArray(part)) return {};
  const [reason, at] = part as [unknown, unknown];
  return { taken_down: { reason: String(reason), at: String(at) } };
}

/** The stored form of a link with its whole placement; trailing defaults are omitted. */
export function encodeLink(link: NewLink): string {
  const parts: unknown[] = [
    link.account_id,
    link.message_id,
    link.contact_id,
    link.offer_id,
    link.creative_id,
    link.campaign_id,
    link.variant_id,
    link.link_key,
    link.sent_at_ms,
    link.url,
    Object.keys(link.fields).length === 0 ? 0 : link.fields,
    link.expires_at_ms,
    link.disabled ? 1 : 0,
    link.domain,
    encodeRules(link),
    link.taken_down === undefined ? 0 : [link.taken_down.reason, link.taken_down.at],
    link.is_test ? TEST : 0,
    link.is_imported ? IMPORTED : 0,
  ];
  while (parts.length > 9 && (parts.at(-1) === 0 || parts.at(-1) === '')) parts.pop();
  return JSON.stringify(parts);
}

/** Decodes what encodeLink and encodePlacedLink wrote. Throws on any other text. */
export function readStoredLink(link_id: string, text: string): StoredLink {
  const malformed = (): Error => new Error(`stored link ${link_id} is malformed`);
  if (!text.startsWith(JSON_BEGINS)) {
    const short = readShortLink(link_id, text);
    if (short === undefined) throw malformed();
    return short;
  }
  const parts = JSON.parse(text) as unknown;
  if (!Array.isArray(parts) || parts.length < 3) throw malformed();
  const placed = parts.length <= PLACED_PARTS_MAX;
  if (!placed && parts.length < WHOLE_PARTS_MIN) throw malformed();
  const string = (i: number): string => (typeof parts[i] === 'string' ? parts[i] : '');
  const number = (i: number): number => (typeof parts[i] === 'number' ? parts[i] : 0);
  const sent_at_ms = placed ? decodeTime(string(0).slice(PLACEMENT_ID_LENGTH)) : number(8);
  if (sent_at_ms === undefined) throw malformed();
  const fields = parts[placed ? 3 : 10];
  return {
    own: {
      link_id,
      message_id: string(1),
      contact_id: string(2),
      sent_at_ms,
      url: string(9),
      fields: typeof fields === 'object' && fields !== null ? (fields as OwnPart['fields']) : NO_FIELDS,
      expires_at_ms: number(placed ? 4 : 11),
      disabled: number(12) === 1,
      ...decodeRules(parts[14]),
      ...decodeClosure(parts[15]),
      ...(parts[17] === IMPORTED ? { is_imported: true } : {}),
    },
    placement: placed
      ? string(0).slice(0, PLACEMENT_ID_LENGTH)
      : {
          account_id: string(0),
          offer_id: string(3),
          creative_id: string(4),
          campaign_id: string(5),
          variant_id: string(6),
          link_key: string(7),
          domain: string(13),
          ...testOf(parts[16]),
        },
  };
}

/** Decodes what encodeLink wrote. Throws on any other text. */
export function decodeLink(link_id: string, text: string): Link {
  const { own, placement } = readStoredLink(link_id, text);
  if (typeof placement === 'string') throw new Error(`stored link ${link_id} is not all of it`);
  return { ...own, ...placement };
}
