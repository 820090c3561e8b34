/** Parses and checks a requested message. Written by hand for speed, because it runs for every line of a send. */
import { newEntityId } from '../catalog/entity-id.ts';
import { type Warning, zoneWarning } from '../catalog/warnings.ts';
import { DomainNameError, normalDomain } from '../domains/domain-name.ts';
import { exactText } from '../platform/decimal.ts';
import { parseInstant } from '../platform/iso-time.ts';
import { isCleanText } from '../platform/text.ts';
import { isPseudonym, PSEUDONYM_PREFIX } from '../privacy/pseudonym.ts';

export const ID_LENGTH_MAX = 128;
const FIELDS_MAX = 32;
const FIELD_LENGTH_MAX = 500;
const DAY_MS = 24 * 3_600_000;
const PAST_DAYS_MAX = 400;
const FUTURE_DAYS_MAX = 30;
const EXPIRES_DAYS_MAX = 3_650;

export const MESSAGE_ERRORS = [
  'invalid_json',
  'invalid_message',
  'line_too_long',
  'unknown_creative',
  'unknown_campaign',
  'unknown_variant',
  'unknown_offer',
  'archived',
  'taken_down',
  'unknown_domain',
  'missing_field',
  'message_conflict',
  'opted_out',
  'warned',
  'unavailable',
] as const;
export type MessageErrorCode = (typeof MESSAGE_ERRORS)[number];

/** The error of one message in a batch; the others continue. */
export class MessageError extends Error {
  readonly code: MessageErrorCode;
  /** Of `warned`: all of them. */
  readonly warnings: readonly Warning[] | undefined;
  /** The sender's own id, where it could be read. */
  message_id?: string;
  /** The property that it is about. */
  field?: string | undefined;
  constructor(code: MessageErrorCode, message: string, warnings?: readonly Warning[]) {
    super(message);
    this.code = code;
    this.warnings = warnings;
  }
}

export interface MessageInput {
  message_id: string;
  /** Whether the caller gave the id; then the message may already exist. */
  id_given: boolean;
  contact_id: string;
  creative_id: string;
  campaign_id: string;
  variant_id: string;
  /** With which the contact was given the variant; 0: not chosen here. */
  variant_probability: number;
  /** Set where the campaign chose the variant: the answer tells which. */
  chosen?: boolean;
  /** Tracking domain of its links; '' leaves the choice to the creative. */
  domain: string;
  fields: Record<string, string>;
  sent_at_ms: number;
  sent_at_given: boolean;
  expires_at_ms: number;
  /** Whether it is a test: it counts nowhere. */
  is_test: boolean;
  /** Of the values as they were sent; missing: none. */
  warnings?: readonly Warning[];
}

const PROPERTIES = [
  'message_id',
  'contact_id',
  'creative_id',
  'campaign_id',
  'variant_id',
  'variant_probability',
  'domain',
  'fields',
  'sent_at',
  'expires_at',
  'test',
] as const;
const KNOWN = new Set<string>(PROPERTIES);

/**
 * Checks one message. `tests_only`: the sender's key makes tests only. Throws MessageError `invalid_message` with what to
 * do.
 */
export function parseMessage(input: unknown, now_ms: number, tests_only = false): MessageInput {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid('a message is a JSON object such as {"contact_id": "…", "creative_id": "…"}');
  }
  const raw = input as Partial<Record<(typeof PROPERTIES)[number], unknown>>;
  for (const key of Object.keys(raw)) {
    if (!KNOWN.has(key))
      throw invalid(
        `"${key.slice(0, 40)}" is not a property of a message; values for the text go into fields`,
      );
  }
  const warnings = zoneWarnings(raw);
  return {
    message_id: raw.message_id === undefined ? newEntityId('msg') : checkId(raw.message_id, 'message_id'),
    id_given: raw.message_id !== undefined,
    contact_id: checkContactId(raw.contact_id),
    creative_id: checkCreative(raw),
    campaign_id: raw.campaign_id === undefined ? '' : checkId(raw.campaign_id, 'campaign_id'),
    variant_id: raw.variant_id === undefined ? '' : checkId(raw.variant_id, 'variant_id'),
    variant_probability: raw.variant_probability === undefined ? 0 : checkProbability(raw),
    domain: raw.domain === undefined ? '' : checkDomain(raw.domain),
    fields: checkFields(raw.fields),
    sent_at_ms:
      raw.sent_at === undefined
        ? now_ms
        : checkTime(raw.sent_at, 'sent_at', now_ms, -PAST_DAYS_MAX, FUTURE_DAYS_MAX),
    sent_at_given: raw.sent_at !== undefined,
    expires_at_ms: raw.expires_at === undefined ? 0 : checkExpiry(raw.expires_at, now_ms),
    is_test: checkTest(raw.test, tests_only),
    ...(warnings !== undefined && { warnings }),
  };
}

/** undefined for most messages, which name no time, or its zone. */
function zoneWarnings({
  sent_at,
  expires_at,
}: {
  sent_at?: unknown;
  expires_at?: unknown;
}): Warning[] | undefined {
  if (sent_at === undefined && expires_at === undefined) return undefined;
  const found = [zoneWarning(sent_at, 'sent_at'), zoneWarning(expires_at, 'expires_at')];
  const warnings = found.filter((warning) => warning !== undefined);
  return warnings.length === 0 ? undefined : warnings;
}

function invalid(message: string, field?: string): MessageError {
  return Object.assign(new MessageError('invalid_message', message), { field });
}

/** Whether it is a test. Throws MessageError where a test key asks for a message that counts. */
export function checkTest(value: unknown, tests_only: boolean): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw invalid('test must be true or false');
  if (tests_only && value === false) {
    throw invalid('test: this is a test key, which makes nothing that counts: use another key');
  }
  return tests_only || value === true;
}

/** '' where the campaign is to choose it. */
function checkCreative({
  creative_id,
  campaign_id,
}: {
  creative_id?: unknown;
  campaign_id?: unknown;
}): string {
  if (creative_id === undefined && campaign_id !== undefined) return '';
  return checkId(creative_id, 'creative_id');
}

function checkProbability({
  variant_id,
  variant_probability: value,
}: {
  variant_id?: unknown;
  variant_probability?: unknown;
}): number {
  if (typeof value !== 'number' || !(value > 0 && value <= 1)) {
    throw invalid('variant_probability must be a number above 0 and up to 1, as POST …/choose answered it');
  }
  if (variant_id === undefined) throw invalid('variant_probability needs its variant_id');
  return value;
}

/** The name as it is stored. */
function checkDomain(value: unknown): string {
  if (typeof value !== 'string') throw invalid('domain must be given as text');
  try {
    return normalDomain(value);
  } catch (error) {
    throw error instanceof DomainNameError ? invalid(`domain: ${error.message}`) : error;
  }
}

/** 1 to 128 characters, no control characters, no space at the ends. */
export function checkId(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalid(`${name} must be given as text`, name);
  if (value.length < 1 || value.length > ID_LENGTH_MAX) {
    throw invalid(`${name} must be 1 to ${ID_LENGTH_MAX} characters long`, name);
  }
  if (!isCleanText(value) || value.trim() !== value) {
    throw invalid(`${name} must not contain control characters or begin or end with a space`, name);
  }
  return value;
}

/** An id that is no pseudonym of an erased contact. */
export function checkContactId(value: unknown): string {
  const contact_id = checkId(value, 'contact_id');
  if (isPseudonym(contact_id)) {
    throw invalid(
      `contact_id must not begin with ${PSEUDONYM_PREFIX}: that is a contact who was erased`,
      'contact_id',
    );
  }
  return contact_id;
}

/** Text, numbers and booleans by name, bounded. */
export function checkFields(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('fields must be an object such as {"first_name": "Ann"}');
  }
  const entries = Object.entries(value);
  if (entries.length > FIELDS_MAX) throw invalid(`fields may have at most ${FIELDS_MAX} entries`);
  return Object.fromEntries(
    entries.map(([name, field]) => {
      if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) {
        throw invalid(
          'a name in fields is 1 to 40 lower-case letters, digits and _, beginning with a letter',
        );
      }
      if (typeof field !== 'string' && typeof field !== 'number' && typeof field !== 'boolean') {
        throw invalid(`fields.${name} must be text, a number or true or false`);
      }
      const text = typeof field === 'number' ? exactText(field) : String(field);
      if (text === undefined)
        throw invalid(`fields.${name} is a number that is not kept exactly: send it as text`);
      if (text.length > FIELD_LENGTH_MAX)
        throw invalid(`fields.${name} must be at most ${FIELD_LENGTH_MAX} characters long`);
      if (!isCleanText(text))
        throw invalid(`fields.${name} must not contain line breaks or control characters`);
      return [name, text];
    }),
  );
}

/** The time in ms of an ISO 8601 text within so many days of now. */
export function checkTime(
  value: unknown,
  name: string,
  now_ms: number,
  from_days: number,
  to_days: number,
): number {
  const instant_ms = typeof value === 'string' ? parseInstant(value) : undefined;
  if (instant_ms === undefined)
    throw invalid(`${name} must be an ISO 8601 time such as 2026-01-31T12:00:00Z`, name);
  const time_ms = Math.floor(instant_ms);
  if (time_ms < now_ms + from_days * DAY_MS || time_ms > now_ms + to_days * DAY_MS) {
    throw invalid(`${name} must lie between ${-from_days} days ago and ${to_days} days from now`, name);
  }
  return time_ms;
}

/** When a link expires: later than now. */
export function checkExpiry(value: unknown, now_ms: number): number {
  return checkTime(value, 'expires_at', now_ms, 0, EXPIRES_DAYS_MAX);
}
