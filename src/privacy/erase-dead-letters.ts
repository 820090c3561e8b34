/**
 * Replaces erased contacts in dead letters, which can still be replayed. A row that can't be decoded is not understood,
 * so one that has the contact's id in it loses its text. Rejects when Redis is down; safe to repeat.
 */
import { CLICKS_LOG, type Click, decodeClickRow } from '../clicks/click.ts';
import { LOGGED_CLICK } from '../clicks/click-fields.ts';
import { encodeRefusedTap } from '../clicks/refused-tap.ts';
import { CONVERSIONS_LOG, decodeConversionRow, encodeConversion } from '../conversions/conversion.ts';
import { decodeLink, encodeLink, linkKey } from '../links/link.ts';
import { changeDeadLetters, type DeadLetter } from '../log/dead-letters.ts';
import { decodeSend, encodeSend, SENDS_LOG } from '../messages/send.ts';
import { decodeOptOut, encodeOptOut, isOptOutKey } from '../optouts/opt-out.ts';
import type { RedisClient } from '../platform/redis.ts';
import { decodeRecord, encodeRecord, RECORDS_LOG } from '../records/record.ts';
import { eraseConversion, eraseLink } from './erase-rows.ts';
import { type OfContact, Pseudonyms, type RoundContact } from './erased-contacts.ts';

/** What stands in place of a row that is not understood. It is no row of any log, so it stays a dead letter. */
const ERASED_ROW = '"erased"';
const ERASED_REASON = 'the contact of the row was erased';
const QUOTED = /"(?:[^"\\]|\\.)*"/g;

type PseudonymOf = (row: OfContact) => string | undefined;

/** Resolves with the number of changed letters. */
export function eraseDeadLetters(redis: RedisClient, contacts: readonly RoundContact[]): Promise<number> {
  const pseudonyms = new Pseudonyms(contacts);
  const pseudonymOf: PseudonymOf = (row) => pseudonyms.of(row, 0);
  const ids = new Set(contacts.map(({ contact_id }) => JSON.stringify(contact_id)));
  return changeDeadLetters(redis, (letter) => {
    const row = erasedRow(letter, pseudonymOf, ids);
    return row === undefined ? letter : { ...letter, row, reason: ERASED_REASON };
  });
}

/** The row without its contact; undefined where it has no erased one. */
function erasedRow(
  letter: DeadLetter,
  pseudonymOf: PseudonymOf,
  ids: ReadonlySet<string>,
): string | undefined {
  const erase = ROWS[letter.log];
  try {
    const row = erase?.(letter.row, pseudonymOf);
    if (row !== undefined && row !== letter.row) return row;
  } catch {
    // The row can't be decoded; that may be why it is a dead letter.
  }
  return names(letter, ids) ? ERASED_ROW : undefined;
}

/** Whether a text in the row, or what the reason quotes, is the id of an erased contact. */
function names({ row, reason }: DeadLetter, ids: ReadonlySet<string>): boolean {
  return [row, reason].some((text) => [...text.matchAll(QUOTED)].some(([quoted]) => ids.has(quoted)));
}

/** For each log, exported for tests: the row without its contact; the row itself, or undefined, where that is not erased. */
export const ROWS: Readonly<Record<string, (row: string, pseudonymOf: PseudonymOf) => string | undefined>> = {
  [CLICKS_LOG](row, pseudonymOf) {
    const decoded = decodeClickRow(row);
    if (decoded.kind === 'rejudge') return undefined;
    const contact_id = pseudonymOf(decoded.click);
    const erased = contact_id && encodeWithout(decoded.click, contact_id);
    return erased && decoded.kind === 'refused' ? encodeRefusedTap(decoded.refusal, erased) : erased;
  },
  [SENDS_LOG](row, pseudonymOf) {
    const send = decodeSend(row);
    const contact_id = pseudonymOf(send);
    return contact_id && encodeSend({ ...send, contact_id, fields: {} });
  },
  [CONVERSIONS_LOG](row, pseudonymOf) {
    const decoded = decodeConversionRow(row);
    if (decoded.kind !== 'new') return undefined;
    const { conversion } = decoded;
    const { account_id, subject } = conversion;
    const pseudonym = pseudonymOf({ account_id, contact_id: subject.contact_id });
    return pseudonym && encodeConversion(eraseConversion(conversion, pseudonym));
  },
  [RECORDS_LOG](row, pseudonymOf) {
    const { key, value } = decodeRecord(row);
    if (value === null) return undefined;
    if (isOptOutKey(key)) {
      const one = decodeOptOut(value);
      const contact_id = pseudonymOf(one);
      return contact_id && encodeRecord({ key, value: encodeOptOut({ ...one, contact_id }) });
    }
    if (!key.startsWith(linkKey(''))) return undefined;
    const link = decodeLink(key.slice(linkKey('').length), value);
    const pseudonym = pseudonymOf(link);
    return pseudonym && encodeRecord({ key, value: encodeLink({ ...link, ...eraseLink(link, pseudonym) }) });
  },
};

/** The row in the order of LOGGED_CLICK. */
function encodeWithout(click: Click, contact_id: string): string {
  const erased = {
    ...click,
    ...{ contact_id, ip: '::', user_agent: '', headers: {}, query: '', contact_country: '' },
    is_test: click.is_test ? 1 : 0,
  };
  return JSON.stringify(Object.keys(LOGGED_CLICK).map((name) => erased[name as keyof Click]));
}
