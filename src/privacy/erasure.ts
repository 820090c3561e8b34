/**
 * Erasures in Redis: what was asked for, and how far it is. While an erasure is open its record has the contacts' ids;
 * when it is done they are gone and their number is left. A worker carries erasures out in rounds of many (see
 * workers/privacy). Rejects when Redis is down.
 */
import type { Position } from '../log/backlog.ts';
import { drawsOf } from '../platform/random.ts';
import type { RedisClient } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import type { NamingFile } from '../transfer/exports/export-files.ts';

/** Contacts in one erasure, and in one round of the worker. */
export const CONTACTS_MAX = 10_000;
/** Files of exports that an erasure lists. */
export const EXPORTED_MAX = 1_000;
/** Erasures of the installation that wait or run. */
export const OPEN_ERASURES_MAX = 10_000;
/** How long the record of a finished erasure can be read. */
const DONE_KEEP_S = 400 * 24 * 3_600;
const ID_LENGTH = 16;

/** The steps of a round, in order; see workers/privacy/erase-contacts.ts. */
export const STEPS = ['drain', 'mutate', 'redis', 'drain_again', 'disks', 'forget', 'append_only'] as const;
export type Step = (typeof STEPS)[number];

/** Rows that a round changed of an account: of the contacts of all its erasures in the round. */
export interface Changed {
  clicks: number;
  messages: number;
  conversions: number;
  links: number;
}

export const NOTHING_CHANGED: Changed = { clicks: 0, messages: 0, conversions: 0, links: 0 };

/** The round that runs, and all that its steps have to remember. It has no ids of contacts. */
export interface Round {
  round_id: string;
  erasure_ids: string[];
  step: Step;
  /** What the step waits for; '' while it works. */
  waits_for: string;
  /** The ends of the logs that the step waits for; undefined until it begins. */
  positions?: Position[];
  /** Whether the mutations were begun. */
  mutating?: boolean;
  /** When they were done, by the clock of ClickHouse, in s. */
  mutated_at_s?: number;
  changed: Record<string, Changed>;
}

export interface Erasure {
  erasure_id: string;
  account_id: string;
  state: 'waiting' | 'running' | 'done';
  /** Number of contacts. */
  contacts: number;
  /** Their ids; empty when it is done. */
  contact_ids: string[];
  requested_at: string;
  /** '' until it is done. */
  finished_at: string;
  /** '' unless it runs. */
  step: Step | '';
  /** What the step waits for; '' if it works. */
  waits_for: string;
  changed: Changed;
  /** The files of exports that name the contacts, as they were when it began; undefined until then. */
  exported?: NamingFile[];
}

/** The round; its keys share a hash tag. */
export const RUNNING_KEY = 'erasures:{round}:running';
export const ERASURES_OPEN = 'erasures:open';
export const erasureKey = (erasure_id: string): string => `erasure:${erasure_id}`;
const draw = drawsOf(ID_LENGTH);

const REMOVE = loadScript(new URL('./lua/end-round.lua', import.meta.url));
const REPLACE = loadScript(new URL('./lua/replace-value.lua', import.meta.url));

/** Too many wait; nothing was added. */
export class TooManyErasuresError extends Error {
  readonly code = 'too_many_erasures';
}

/** Asks to erase contacts; a repeated id counts once. A contact that nobody knows is erased like any other. */
export async function requestErasure(
  redis: RedisClient,
  account_id: string,
  contact_ids: readonly string[],
  now_ms: number,
): Promise<Erasure> {
  if ((await redis.zcard(ERASURES_OPEN)) >= OPEN_ERASURES_MAX) {
    throw new TooManyErasuresError(`${OPEN_ERASURES_MAX} erasures wait: ask again when some are done`);
  }
  const unique = [...new Set(contact_ids)];
  const erasure: Erasure = {
    erasure_id: `era_${draw()}`,
    account_id,
    state: 'waiting',
    contacts: unique.length,
    contact_ids: unique,
    requested_at: new Date(now_ms).toISOString(),
    finished_at: '',
    step: '',
    waits_for: '',
    changed: NOTHING_CHANGED,
  };
  // The record first: an erasure that is listed can be read.
  await saveErasure(redis, erasure);
  await redis.zadd(ERASURES_OPEN, now_ms, erasure.erasure_id);
  return erasure;
}

/** Opens an erasure again, for the contacts that a restore has brought back. Safe to repeat. */
export async function reopenErasure(
  redis: RedisClient,
  {
    requested_at_ms,
    ...asked
  }: Pick<Erasure, 'erasure_id' | 'account_id' | 'contact_ids'> & { requested_at_ms: number },
): Promise<void> {
  await saveErasure(redis, {
    ...asked,
    state: 'waiting',
    contacts: asked.contact_ids.length,
    requested_at: new Date(requested_at_ms).toISOString(),
    ...{ finished_at: '', step: '', waits_for: '', changed: NOTHING_CHANGED },
  });
  await redis.zadd(ERASURES_OPEN, requested_at_ms, asked.erasure_id);
}

/** Stores the whole record. Safe to repeat. */
export async function saveErasure(redis: RedisClient, erasure: Erasure): Promise<void> {
  const text = JSON.stringify(erasure);
  if (erasure.state === 'done') await redis.set(erasureKey(erasure.erasure_id), text, 'EX', DONE_KEEP_S);
  else await redis.set(erasureKey(erasure.erasure_id), text);
}

/** With the progress of the round that it runs in. */
export async function readErasure(redis: RedisClient, erasure_id: string): Promise<Erasure | undefined> {
  const text = await redis.get(erasureKey(erasure_id));
  if (text === null) return undefined;
  const erasure = JSON.parse(text) as Erasure;
  const round = erasure.state === 'done' ? undefined : (await readRound(redis))?.round;
  if (!round?.erasure_ids.includes(erasure_id)) return erasure;
  const { step, waits_for, changed } = round;
  return {
    ...erasure,
    ...{ state: 'running', step, waits_for, changed: changed[erasure.account_id] ?? NOTHING_CHANGED },
  };
}

/** The round that runs, and its text, which saveRound compares. */
export async function readRound(redis: RedisClient): Promise<{ round: Round; text: string } | undefined> {
  const text = await redis.get(RUNNING_KEY);
  return text === null ? undefined : { round: JSON.parse(text) as Round, text };
}

export class RoundMovedError extends Error {
  constructor() {
    super('another worker has gone on with the round of erasures');
  }
}

/**
 * Saves the round unless another worker saved it since `before` was read; '' for a new one. Resolves with its text.
 * Throws RoundMovedError.
 */
export async function saveRound(redis: RedisClient, round: Round, before: string): Promise<string> {
  const text = JSON.stringify(round);
  const saved =
    before === ''
      ? await redis.set(RUNNING_KEY, text, 'NX')
      : await REPLACE.run(redis, [RUNNING_KEY], [before, text]);
  if (saved !== 'OK' && saved !== 1) throw new RoundMovedError();
  return text;
}

/** Removes a round that is done, unless another worker did so: `text` is the round as it was saved last. */
export async function removeRound(redis: RedisClient, text: string): Promise<void> {
  await REMOVE.run(redis, [RUNNING_KEY], [text]);
}

/** Open erasures, oldest first, of CONTACTS_MAX contacts together at most; at least one if any is open. */
export async function oldestOpen(redis: RedisClient): Promise<Erasure[]> {
  const chosen: Erasure[] = [];
  let contacts = 0;
  for (const erasure_id of await redis.zrange(ERASURES_OPEN, '0', '-1')) {
    const erasure = await readErasure(redis, erasure_id);
    if (erasure === undefined) {
      await redis.zrem(ERASURES_OPEN, erasure_id);
      continue;
    }
    contacts += erasure.contacts;
    if (chosen.length > 0 && contacts > CONTACTS_MAX) break;
    chosen.push(erasure);
  }
  return chosen;
}

/** Takes an erasure off the list of open ones, once it is saved as done. Safe to repeat. */
export async function closeErasure(redis: RedisClient, erasure_id: string): Promise<void> {
  await redis.zrem(ERASURES_OPEN, erasure_id);
}
