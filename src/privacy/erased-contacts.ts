/**
 * Tells workers which rows belong to erased contacts, and the pseudonyms that stand in their place. While a round of
 * erasures runs, its contacts are listed in Redis, and every row of theirs that a worker reads gets the pseudonym:
 * nothing about them can reach ClickHouse any more. Afterwards only a fingerprint of each contact is kept, for rows that
 * arrive late, such as clicks from the spool of a machine that was off. A contact that is sent to again after its
 * erasure begins anew: fingerprints apply only to rows that are older than the erasure. With Redis down it rejects and
 * the batch is retried.
 */
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { fingerprint } from './contact-key.ts';
import { RoundMovedError, RUNNING_KEY } from './erasure.ts';
import { isPseudonym } from './pseudonym.ts';

/** A contact of the running round. */
export interface RoundContact {
  account_id: string;
  contact_id: string;
  pseudonym: string;
}

/** A row that may be of an erased contact. */
export interface OfContact {
  account_id: string;
  contact_id: string;
}

/** Id of the running round, which tells a worker whether its list is current. */
const ROUND_KEY = 'erasures:{round}:id';
/** The end of the latest round, in ms: older rows may be late rows of erased contacts. */
const FINISHED_KEY = 'erasures:finished';
const contactsKey = (round_id: string): string => `erasures:{round}:contacts:${round_id}`;
const lateKey = (contact_fingerprint: string): string => `erased:${contact_fingerprint}`;
/** As long as a spool may hold rows; see PRODUCER_TTL_S in log/append.ts. */
const LATE_KEEP_S = 31 * 24 * 3_600;
const COMMANDS_PER_WRITE = 1_000;

const BEGIN = loadScript(new URL('./lua/begin-round.lua', import.meta.url));

const nameOf = (account_id: string, contact_id: string): string => `${account_id}\n${contact_id}`;

/** The pseudonyms of contacts. `until_ms` of a contact: they stand for rows up to this time. */
export class Pseudonyms {
  readonly #byName: ReadonlyMap<string, RoundContact & { until_ms?: number }>;

  constructor(contacts: readonly (RoundContact & { until_ms?: number })[]) {
    this.#byName = new Map(contacts.map((one) => [nameOf(one.account_id, one.contact_id), one]));
  }

  /**
   * Undefined where the contact of the row, which happened or was received at `at_ms`, is not erased. A pseudonym is
   * its own.
   */
  of({ account_id, contact_id }: OfContact, at_ms: number): string | undefined {
    if (isPseudonym(contact_id)) return contact_id;
    if (this.#byName.size === 0) return undefined;
    const found = this.#byName.get(nameOf(account_id, contact_id));
    return found === undefined || at_ms > (found.until_ms ?? at_ms) ? undefined : found.pseudonym;
  }
}

export class ErasedContacts {
  readonly #redis: RedisClient;
  readonly #contact_key: string;
  #round: { round_id: string; contacts: readonly RoundContact[] } = { round_id: '', contacts: [] };

  constructor(redis: RedisClient, contact_key: string) {
    this.#redis = redis;
    this.#contact_key = contact_key;
  }

  /**
   * The pseudonyms of the erased contacts among `rows`; `timeOf` tells when a row happened or was received, in ms. Call
   * it for each batch, after the batch was frozen.
   */
  async among<Row extends OfContact>(
    rows: readonly Row[],
    timeOf: (row: Row) => number,
  ): Promise<Pseudonyms> {
    const [round_id, finished] = await runAll(this.#redis, [
      ['GET', ROUND_KEY],
      ['GET', FINISHED_KEY],
    ]);
    await this.#follow(typeof round_id === 'string' ? round_id : '');
    const { contacts } = this.#round;
    const finished_ms = Number(finished ?? 0);
    const late = rows.filter((row) => timeOf(row) <= finished_ms && row.contact_id !== '');
    return new Pseudonyms(late.length === 0 ? contacts : [...(await this.#findLate(late)), ...contacts]);
  }

  async #follow(round_id: string): Promise<void> {
    if (round_id === this.#round.round_id) return;
    const contacts = round_id === '' ? [] : await readRoundContacts(this.#redis, round_id);
    this.#round = { round_id, contacts };
  }

  async #findLate(rows: readonly OfContact[]): Promise<(RoundContact & { until_ms: number })[]> {
    const unique = new Map(rows.map((row) => [nameOf(row.account_id, row.contact_id), row]));
    const asked = [...unique.values()].filter(({ contact_id }) => !isPseudonym(contact_id));
    const replies = await runAll(
      this.#redis,
      asked.map(
        ({ account_id, contact_id }): Command => [
          'GET',
          lateKey(fingerprint(this.#contact_key, 'erasure', account_id, contact_id)),
        ],
      ),
    );
    return asked.flatMap(({ account_id, contact_id }, i) => {
      const [pseudonym = '', until = '0'] = String(replies[i] ?? '').split(' ');
      return pseudonym === '' ? [] : [{ account_id, contact_id, pseudonym, until_ms: Number(until) }];
    });
  }
}

/** Whether a round of erasures runs: what is copied from table to table meanwhile might escape it. */
export const isErasing = async (redis: RedisClient): Promise<boolean> =>
  (await redis.exists(ROUND_KEY)) === 1;

/**
 * From now on workers put the pseudonyms in place of these contacts. The first call for a round decides them. `text` is
 * the round as it was saved last; throws RoundMovedError if another worker has gone on with it.
 */
export async function beginRound(
  redis: RedisClient,
  { round_id, text }: { round_id: string; text: string },
  contacts: readonly RoundContact[],
): Promise<void> {
  const keys = [RUNNING_KEY, ROUND_KEY, contactsKey(round_id)];
  const begun = await BEGIN.run(redis, keys, [text, round_id, JSON.stringify(contacts)]);
  if (begun !== 1) throw new RoundMovedError();
}

/** The contacts of the round; none if it has ended. */
export async function readRoundContacts(redis: RedisClient, round_id: string): Promise<RoundContact[]> {
  const text = await redis.get(contactsKey(round_id));
  return text === null ? [] : (JSON.parse(text) as RoundContact[]);
}

/** Keeps a fingerprint of each contact, for rows up to `until_ms` that arrive later. Safe to repeat. */
export async function keepFingerprints(
  redis: RedisClient,
  contact_key: string,
  contacts: readonly RoundContact[],
  until_ms: number,
): Promise<void> {
  for (let from = 0; from < contacts.length; from += COMMANDS_PER_WRITE) {
    await runAll(
      redis,
      contacts
        .slice(from, from + COMMANDS_PER_WRITE)
        .map(({ account_id, contact_id, pseudonym }): Command => {
          const key = lateKey(fingerprint(contact_key, 'erasure', account_id, contact_id));
          return ['SET', key, `${pseudonym} ${until_ms}`, 'EX', LATE_KEEP_S];
        }),
    );
  }
  await redis.set(FINISHED_KEY, String(until_ms), 'EX', LATE_KEEP_S);
}

/** Removes the contacts' ids. Call it after keepFingerprints. Safe to repeat. */
export async function endRound(redis: RedisClient, round_id: string): Promise<void> {
  await runAll(redis, [
    ['DEL', ROUND_KEY],
    ['DEL', contactsKey(round_id)],
  ]);
}
