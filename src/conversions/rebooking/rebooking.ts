/**
 * A rebooking: the conversions of an offer in a past range are credited by another model, and its undo, after which they
 * are credited as before. It is kept in Redis while it is open and for some time afterwards; what holds is in the offer
 * (`rebooked`). Rejects when Redis is down.
 */
import { type ModelChoice, REBOOKED_MAX, type Rebooked } from '../../catalog/attribution.ts';
import type { Offer } from '../../catalog/definitions.ts';
import { newEntityId } from '../../catalog/entity-id.ts';
import { firstOpen } from '../../platform/due-list.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';

export const REBOOKING_STATES = ['waiting', 'running', 'done', 'undo_waiting', 'undoing', 'undone'] as const;

export interface Rebooking extends Rebooked {
  account_id: string;
  offer_id: string;
  state: (typeof REBOOKING_STATES)[number];
  /** Transactions in the range at the start, and how many were rechecked so far. */
  transactions: number;
  rechecked: number;
  /** Conversions whose credit changed; known at the end. */
  changed: number;
  requested_at: string;
  /** '' while it waits. */
  started_at: string;
  /** '' while it is open. */
  finished_at: string;
  /** The last transaction that was rechecked. */
  cursor: string;
}

/** Open ones, of the installation and of one account. */
const OPEN_MAX = 1_000;
const OPEN_EACH_MAX = 10;
/** Kept of one offer. */
const LISTED_MAX = 200;

export const REBOOKINGS_OPEN = 'rebookings:open';
export const rebookingKey = (booking: string): string => `rebooking:${booking}`;
const listKey = (account_id: string, offer_id: string): string => `rebookings:${account_id}:${offer_id}`;
const openKey = (account_id: string): string => `rebookings:open:${account_id}`;

/** It can't be asked for now; nothing was changed. */
export class RebookingError extends Error {
  readonly code: 'too_many_rebookings' | 'not_in_force';

  constructor(code: RebookingError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const isOpen = ({ state }: Rebooking): boolean => state !== 'done' && state !== 'undone';

/** Puts a range up for being booked anew; a worker does it. Requesting it twice books the second time nothing further. */
export async function requestRebooking(
  redis: RedisClient,
  offer: Offer,
  choice: ModelChoice,
  { from_ms, to_ms }: { from_ms: number; to_ms: number },
): Promise<Rebooking> {
  if ((offer.rebooked?.length ?? 0) >= REBOOKED_MAX) {
    const message = `the offer has ${REBOOKED_MAX} ranges that were booked anew: undo one of them first`;
    throw new RebookingError('too_many_rebookings', message);
  }
  return open(redis, { ...newRebooking(offer, { ...choice, booking: newEntityId('bkg'), from_ms, to_ms }) });
}

/**
 * Puts one up for being undone. `booked`: what the offer has of it. Throws RebookingError where it is open or not in
 * force.
 */
export async function requestUndo(redis: RedisClient, offer: Offer, booking: string): Promise<Rebooking> {
  const booked = offer.rebooked?.find((one) => one.booking === booking);
  const there = await readRebooking(redis, booking);
  if (booked === undefined || (there !== undefined && isOpen(there))) {
    throw new RebookingError('not_in_force', 'it is not in force: it waits, runs, or was undone already');
  }
  const rebooking = there ?? newRebooking(offer, booked);
  return open(redis, { ...rebooking, state: 'undo_waiting', rechecked: 0, cursor: '', finished_at: '' });
}

const newRebooking = ({ account_id, offer_id }: Offer, booked: Rebooked): Rebooking => ({
  ...booked,
  account_id,
  offer_id,
  state: 'waiting',
  transactions: 0,
  rechecked: 0,
  changed: 0,
  requested_at: new Date().toISOString(),
  started_at: '',
  finished_at: '',
  cursor: '',
});

async function open(redis: RedisClient, rebooking: Rebooking): Promise<Rebooking> {
  const { booking, account_id, offer_id } = rebooking;
  const [of_account, of_all] = [await redis.scard(openKey(account_id)), await redis.zcard(REBOOKINGS_OPEN)];
  if (of_account >= OPEN_EACH_MAX || of_all >= OPEN_MAX) {
    const message = 'too many ranges wait for being booked anew: ask again when some are done';
    throw new RebookingError('too_many_rebookings', message);
  }
  const now_ms = Date.now();
  await saveRebooking(redis, rebooking);
  await redis.zadd(listKey(account_id, offer_id), 'NX', now_ms, booking);
  await redis.sadd(openKey(account_id), booking);
  await redis.zadd(REBOOKINGS_OPEN, now_ms, booking);
  return rebooking;
}

/** Stores the whole record. Safe to repeat. */
export async function saveRebooking(redis: RedisClient, rebooking: Rebooking): Promise<void> {
  await redis.set(rebookingKey(rebooking.booking), JSON.stringify(rebooking));
}

/** The one that runs or is to run next, or undefined. */
export async function nextOpen(redis: RedisClient): Promise<Rebooking | undefined> {
  return firstOpen(redis, REBOOKINGS_OPEN, async (booking) => {
    const rebooking = await readRebooking(redis, booking);
    return rebooking !== undefined && isOpen(rebooking) ? rebooking : undefined;
  });
}

/** Call after saving it as done or undone. Safe to repeat. */
export async function closeRebooking(redis: RedisClient, rebooking: Rebooking): Promise<void> {
  const { booking, account_id, offer_id } = rebooking;
  await redis.srem(openKey(account_id), booking);
  const old = await redis.zrange(listKey(account_id, offer_id), '0', String(-LISTED_MAX - 1));
  await runAll(
    redis,
    old.flatMap((id): Command[] => [
      ['DEL', rebookingKey(id)],
      ['ZREM', listKey(account_id, offer_id), id],
    ]),
  );
}

export async function readRebooking(redis: RedisClient, booking: string): Promise<Rebooking | undefined> {
  const text = await redis.get(rebookingKey(booking));
  return text === null ? undefined : (JSON.parse(text) as Rebooking);
}

/** Of one offer, newest first. */
export async function listRebookings(
  redis: RedisClient,
  account_id: string,
  offer_id: string,
): Promise<Rebooking[]> {
  const ids = await redis.zrevrange(listKey(account_id, offer_id), 0, LISTED_MAX - 1);
  const texts = await runAll(
    redis,
    ids.map((id): Command => ['GET', rebookingKey(id)]),
  );
  return texts.flatMap((text) => (typeof text === 'string' ? [JSON.parse(text) as Rebooking] : []));
}
