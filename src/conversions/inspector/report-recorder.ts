/**
 * Keeps what was reported for people to look at, off the path of the answer: reception notes each report, and ten times
 * a second what was noted is masked and written, one command for each list. The queue is bounded: in a flood a share of
 * the reports is kept, and with Redis down none. Nothing is counted from here.
 */
import type { Account } from '../../catalog/definitions.ts';
import { drawsOf } from '../../platform/random.ts';
import { isReady, type RedisClient } from '../../platform/redis.ts';
import { cleanText } from '../../platform/text.ts';
import { encodeTime } from '../../platform/time-text.ts';
import { NO_ADDRESS, storedAddress } from '../../privacy/stored-address.ts';
import type { Channel } from '../conversion.ts';
import type { ReceiveContext } from '../receive/authenticate.ts';
import { ConversionError } from '../receive/conversion-error.ts';
import { PARAMETERS, type Parameters } from '../receive/conversion-input.ts';
import { findOwner, type Ownable, type Owner } from './find-owner.ts';
import { isShown, MASK, maskBody, maskForm, maskSecrets } from './mask.ts';
import { keepReports, reportsKey, unprovenKey } from './report-lists.ts';
import {
  type Answer,
  cut,
  cutMasked,
  RAW_LENGTH_MAX,
  type ReportOutcome,
  type StoredReport,
  VALUE_LENGTH_MAX,
} from './stored-report.ts';

const WRITE_EVERY_MS = 100;
/** Reports of a process that are kept each time, so 500 a second: at 50 µs each 2.5 % of a processor. */
const WAITING_MAX = 50;
/** Of them refused ones, repeats and tests, which cost nothing to send: floods leave room for what counts. */
const CHEAP_WAITING_MAX = 20;
/** A call with more conversions is an upload, of which a share is kept for each account and minute. */
const SINGLE_LINES_MAX = 10;
const UPLOADED_MAX = { failed: 20, received: 3 } as const;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Reports without a secret, by one click or link, that are kept with what counts in an hour; and clicks and links. */
const UNPROVEN_OF_ONE_MAX = 20;
const UNPROVEN_NAMED_MAX = 10_000;
const newTail = drawsOf(8);

/** A report and its answer, as reception notes it. */
export interface Note extends Ownable {
  channel: Channel;
  method: string;
  ip: string;
  body?: Buffer | string | undefined;
  content_type: string;
  outcome: ReportOutcome;
  status: number;
  answer: Answer;
  replay_of?: string;
}

type Noted = Note & { received_at_ms: number };

export class ReportRecorder {
  readonly #redis: RedisClient;
  readonly #context: Pick<ReceiveContext, 'sources' | 'keys' | 'contact_key'>;
  #waiting: Noted[] = [];
  #cheap = 0;
  #timer: NodeJS.Timeout | undefined;
  #unproven = { hour: 0, kept: new Map<string, number>() };
  #uploads = { minute: 0, kept: new Map<string, Record<keyof typeof UPLOADED_MAX, number>>() };

  constructor(redis: RedisClient, context: Pick<ReceiveContext, 'sources' | 'keys' | 'contact_key'>) {
    this.#redis = redis;
    this.#context = context;
  }

  /** Whether a report would be kept now; a caller may save itself the note. `accepted`: it is a new one that counts. */
  hasRoom(accepted: boolean): boolean {
    return this.#waiting.length < WAITING_MAX && (accepted || this.#cheap < CHEAP_WAITING_MAX);
  }

  note(note: Note): void {
    const accepted = note.outcome === 'accepted';
    if (!this.hasRoom(accepted)) return;
    if (!accepted) this.#cheap++;
    this.#waiting.push({ ...note, received_at_ms: Date.now() });
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), WRITE_EVERY_MS);
  }

  /** Of a call of the API: `results` in order of `givens`. */
  noteMany(
    account: Account,
    givens: readonly (Parameters | ConversionError)[],
    results: readonly (Answer | ConversionError)[],
    replay_of = '',
  ): void {
    for (const [i, result] of results.entries()) {
      const given = givens[i];
      const failed = result instanceof ConversionError;
      if (given === undefined || !this.#keeps(account.account_id, results.length, failed)) continue;
      const read = given instanceof ConversionError ? undefined : given;
      const status = failed ? result.status : 200;
      this.note({
        ...{ account, given: read, query: '', channel: 'api', method: 'POST', ip: '', content_type: '' },
        body: read === undefined ? '' : JSON.stringify({ ...read, ignored: undefined }),
        outcome: failed ? 'refused' : outcomeOf(result),
        ...{ status, replay_of },
        answer: failed ? { error: result.code, message: result.message } : result,
      });
    }
  }

  /** Bounds what uploads may push out. */
  #keeps(account_id: string, lines: number, failed: boolean): boolean {
    if (lines <= SINGLE_LINES_MAX) return true;
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (this.#uploads.minute !== minute) this.#uploads = { minute, kept: new Map() };
    const kept = this.#uploads.kept.get(account_id) ?? { failed: 0, received: 0 };
    this.#uploads.kept.set(account_id, kept);
    const kind = failed ? 'failed' : 'received';
    return kept[kind]++ < UPLOADED_MAX[kind];
  }

  /** Writes what was noted. What can't be written is lost. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const notes = this.#waiting;
    this.#waiting = [];
    this.#cheap = 0;
    if (notes.length === 0 || !isReady(this.#redis)) return;
    const lists = new Map<string, StoredReport[]>();
    const owners = await Promise.all(notes.map((note) => findOwner(this.#context, note).catch(() => {})));
    for (const [i, note] of notes.entries()) {
      const owner = owners[i];
      if (owner === undefined) continue;
      const key = this.#keyFor(note, owner);
      const list = lists.get(key) ?? [];
      lists.set(key, list);
      list.push(storedReport(note, owner));
    }
    const now_ms = Date.now();
    await Promise.all([...lists].map(([key, reports]) => keepReports(this.#redis, key, reports, now_ms)));
  }

  /**
   * Repeats of what anybody may report are not kept with what counts: they cost nothing to send. Nor are more than a few
   * new ones of one click or link without a secret, which whoever has it may make up.
   */
  #keyFor({ outcome, given }: Note, { account, offer_id, proven }: Owner): string {
    const named = given?.click_id ?? given?.link_id ?? '';
    const keep = proven || (outcome === 'accepted' && this.#isFew(named)) ? reportsKey : unprovenKey;
    return keep(account.account_id, offer_id);
  }

  #isFew(named: string): boolean {
    const hour = Math.floor(Date.now() / HOUR_MS);
    if (this.#unproven.hour !== hour) this.#unproven = { hour, kept: new Map() };
    const { kept } = this.#unproven;
    const count = kept.get(named) ?? 0;
    if (count >= UNPROVEN_OF_ONE_MAX || (count === 0 && kept.size >= UNPROVEN_NAMED_MAX)) return false;
    kept.set(named, count + 1);
    return true;
  }

  async close(): Promise<void> {
    await this.flush().catch(() => {});
  }
}

const outcomeOf = ({ status }: Answer & { status?: string }): ReportOutcome =>
  status === 'duplicate' ? 'duplicate' : 'accepted';

/** What is kept of it, masked and cut. */
export function storedReport(note: Noted, { account, secrets, contacts }: Owner): StoredReport {
  const { received_at_ms, channel, outcome, status, answer } = note;
  const { read, read_cut } = shown(note.given ?? {}, secrets);
  const mask = (text: string): string => cleanText(maskBody(text, secrets));
  const { message, problem, ignored = note.given?.ignored } = answer;
  return {
    report_id: `rpt_${encodeTime(received_at_ms)}${newTail()}`,
    ...{ received_at_ms, channel, outcome, status, read, read_cut, contacts },
    method: note.method.toUpperCase(),
    address: addressOf(note.ip, account),
    query: cutMasked(note.query, RAW_LENGTH_MAX, (text) => cleanText(maskForm(text, secrets))),
    body: cutMasked(bodyOf(note), RAW_LENGTH_MAX, mask),
    content_type: note.content_type.slice(0, VALUE_LENGTH_MAX),
    answer: {
      ...answer,
      ...(message === undefined ? {} : { message: maskSecrets(message, secrets) }),
      ...(problem === undefined ? {} : { problem: maskSecrets(problem, secrets) }),
      ...(ignored === undefined ? {} : { ignored: ignored.map((name) => maskSecrets(name, secrets)) }),
    },
    replay_of: note.replay_of ?? '',
  };
}

const bodyOf = ({ body }: Note): string => (typeof body === 'string' ? body : (body?.toString('utf8') ?? ''));

function addressOf(ip: string, { ip_storage }: Account): string {
  const stored = ip === '' ? NO_ADDRESS : storedAddress(ip, ip_storage);
  return stored === NO_ADDRESS ? '' : stored.replace(/^::ffff:(?=\d+\.)/, '');
}

/** The parameters without the secrets. */
function shown(given: Parameters, secrets: readonly string[]): { read: Parameters; read_cut: boolean } {
  const read: Partial<Record<(typeof PARAMETERS)[number], string>> = {};
  let read_cut = false;
  for (const name of PARAMETERS) {
    const value = given[name];
    if (value === undefined || name === 'secret' || name === 'postback_secret') continue;
    // No more is shown, and a secret that begins in it ends before this.
    const start = value.slice(0, 2 * VALUE_LENGTH_MAX);
    read[name] = isShown(name, start, secrets) ? cut(cleanText(value), VALUE_LENGTH_MAX) : MASK;
    read_cut ||= read[name] !== value;
  }
  return { read, read_cut };
}
