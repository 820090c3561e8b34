/**
 * The links in mails of scheduled reports, by which an address confirms that it wants them, or ends them. A token is what
 * it says (account, schedule, address), sealed under the installation's key: nothing is stored of it, and nobody else can
 * make one. It works for as long as the schedule has the address. With Redis down: rejects.
 */
import { AccessError } from '../access/access-error.ts';
import type { InstallationKeySource } from '../access/key-ring.ts';
import { decrypt, encrypt, SealError } from '../access/sealed.ts';
import type { RedisClient } from '../platform/redis.ts';
import type { Recipient, Schedule } from './schedule.ts';
import { changeSchedule, getSchedule } from './schedule-store.ts';

const SEALED_FOR = { purpose: 'report subscription', subject: '' };

interface Subscriber {
  account_id: string;
  schedule_id: string;
  email: string;
}

export function subscriptionToken(
  keys: InstallationKeySource,
  { account_id, schedule_id, email }: Subscriber,
): string {
  return encrypt(keys, SEALED_FOR, JSON.stringify([account_id, schedule_id, email]));
}

export interface Subscription {
  schedule: Schedule;
  recipient: Recipient;
}

/** Throws `not_found` where the token is none, or the schedule does not have the address any more. */
export async function findSubscription(
  redis: RedisClient,
  keys: InstallationKeySource,
  token: string,
): Promise<Subscription> {
  const of = read(keys, token);
  const schedule = await getSchedule(redis, of);
  const recipient = schedule?.recipients.find(({ email }) => email === of.email);
  if (schedule === undefined || recipient === undefined) throw ended();
  return { schedule, recipient };
}

/** Safe to repeat: the first time stays. Throws `not_found`. */
export function confirmSubscription(
  redis: RedisClient,
  keys: InstallationKeySource,
  token: string,
): Promise<Subscription> {
  const now = new Date().toISOString();
  return change(redis, read(keys, token), (one) => ({
    ...one,
    confirmed_at: one.confirmed_at ?? now,
    ended_at: null,
  }));
}

/** Safe to repeat. Throws `not_found`. */
export function endSubscription(
  redis: RedisClient,
  keys: InstallationKeySource,
  token: string,
): Promise<Subscription> {
  const now = new Date().toISOString();
  return change(redis, read(keys, token), (one) => ({ ...one, ended_at: one.ended_at ?? now }));
}

async function change(
  redis: RedisClient,
  of: Subscriber,
  apply: (recipient: Recipient) => Recipient,
): Promise<Subscription> {
  const after = await changeSchedule(redis, of, (schedule) => ({
    ...schedule,
    recipients: schedule.recipients.map((one) => (one.email === of.email ? apply(one) : one)),
  }));
  const recipient = after?.recipients.find(({ email }) => email === of.email);
  if (after === undefined || recipient === undefined) throw ended();
  return { schedule: after, recipient };
}

function read(keys: InstallationKeySource, token: string): Subscriber {
  try {
    const [account_id, schedule_id, email] = JSON.parse(decrypt(keys, SEALED_FOR, token)) as string[];
    return { account_id: account_id ?? '', schedule_id: schedule_id ?? '', email: email ?? '' };
  } catch (error) {
    if (error instanceof SealError) throw ended();
    throw error;
  }
}

const ended = (): AccessError =>
  new AccessError(
    'not_found',
    'this link has ended: the report is not sent to you any more, or the link is not whole',
  );
