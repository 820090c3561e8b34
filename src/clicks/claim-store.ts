/**
 * Claims of first clicks in Redis, where callers need not know how they are stored: who has one, what restores them, and
 * what removes them. A claim may be in the partitions of several layouts: that of the batch takes precedence, then the
 * newest. Nothing is written to the partitions of before; to those of later, only once all clicks of the earlier ones are
 * counted. With Redis down every call rejects; each is safe to repeat.
 */
import { isCurrent, knownLayouts, partitionsBesides, partitionsOf } from '../log/partitions.ts';
import { END_DIGITS } from '../platform/hash-fields.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';
import { loadScript } from '../platform/script.ts';
import { clickKey, clickPartition } from './click.ts';
import {
  ALONE,
  type Claim,
  type ClaimSubject,
  type ClickPayout,
  claimingSubject,
  claimPlace,
  creditedSubject,
  encodeClaim,
  NO_PAYOUT,
  OFFER_DIGITS,
  offerClaimIn,
  offerDigits,
  offerField,
  RELEASED,
  readClaim,
} from './first-click.ts';

/** The form of claims, for scripts. */
export const CLAIM_FORM = { END_DIGITS, OFFER_DIGITS, ALONE, RELEASED };
/** Claims in one call of a script: a few milliseconds of Redis's time. */
export const CLAIMS_PER_CALL = 1_000;
const COMMANDS_PER_WRITE = 5_000;

const RESTORE = loadScript(new URL('./lua/restore-claims.lua', import.meta.url), CLAIM_FORM);

/** A subject, see claimingSubject and creditedSubject, and the link whose key says in which partition it is. */
export interface Subject {
  subject: string;
  link: ClaimSubject;
}

/** What is stored, with its end: the value of the message's field, and the offer's claim; '' for nothing. */
export interface Stored {
  message: string;
  offer: string;
}

/** Who conversions on each link's offer are credited to. */
export async function readCreditClaims(
  redis: RedisClient,
  links: readonly ClaimSubject[],
): Promise<(Claim | typeof RELEASED | undefined)[]> {
  const stored = await readStored(
    redis,
    links.map((link) => ({ subject: creditedSubject(link), link })),
    (link) => [clickPartition(link), ...partitionsBesides(clickKey(link), clickPartition(link))],
  );
  return stored.map(({ offer }) => readClaim(offer));
}

/**
 * What the partitions of other layouts have of the claims on each subject and on its link's offer, which counts where
 * `partition` has nothing; an empty list where there are no others.
 */
export async function readElsewhere(
  redis: RedisClient,
  subjects: readonly Subject[],
  partition: number,
): Promise<Stored[]> {
  // As in nearly every installation.
  if (knownLayouts().layouts.length === 1 && isCurrent(partition)) return [];
  return readStored(redis, subjects, (link) => partitionsBesides(clickKey(link), partition));
}

async function readStored(
  redis: RedisClient,
  subjects: readonly Subject[],
  partitionsFor: (link: ClaimSubject) => number[],
): Promise<Stored[]> {
  const stored: Stored[] = [];
  for (let from = 0; from < subjects.length; from += COMMANDS_PER_WRITE) {
    const part = subjects.slice(from, from + COMMANDS_PER_WRITE);
    const commands = part.map(({ subject, link }) =>
      partitionsFor(link).map((partition): Command => {
        const [bucket, field] = claimPlace(subject, partition);
        return ['HMGET', bucket, field, offerField(field, link.offer_id)];
      }),
    );
    const replies = (await runAll(redis, commands.flat())) as [string | null, string | null][];
    let at = 0;
    for (const [i, { length }] of commands.entries()) {
      const { offer_id } = (part[i] as Subject).link;
      stored.push(newestOf(replies.slice(at, at + length), offer_id));
      at += length;
    }
  }
  return stored;
}

function newestOf(replies: readonly [string | null, string | null][], offer_id: string): Stored {
  const newest: Stored = { message: '', offer: '' };
  for (const [message, offer] of replies) {
    newest.message ||= message ?? '';
    newest.offer ||= offerClaimIn(message ?? '', offer_id) || (offer ?? '');
  }
  return newest;
}

/** Claims of a click that a script is to set where they are free; see take-claims.lua. */
export interface Taking extends Subject {
  click_id: string;
  /** Whether the message's is asked for. */
  message: boolean;
  /** With what the click is paid if it gets the claim on the link's offer; undefined if that is not asked for. */
  offer: ClickPayout | undefined;
  /** See claimEnd. */
  ends: string;
}

/** Buckets and arguments of a script with take-claims.lua. Takings of messages come first. */
export async function argumentsOf(
  redis: RedisClient,
  takings: readonly Taking[],
  partition: number,
): Promise<[buckets: string[], args: (string | number)[]]> {
  const buckets: string[] = [];
  const args: (string | number)[] = [takings.filter(({ message }) => message).length];
  for (const { subject, link, click_id, offer, ends } of takings) {
    const [bucket, field] = claimPlace(subject, partition);
    buckets.push(bucket);
    const claim =
      offer === undefined ? ALONE + click_id : offerDigits(link.offer_id) + encodeClaim(click_id, offer);
    args.push(field, ends + claim);
  }
  for (const { message, offer } of await readElsewhere(redis, takings, partition)) args.push(message, offer);
  return [buckets, args];
}

/** A click as it is stored, that was first on its message or offer. */
export interface FirstOf extends ClaimSubject, ClickPayout {
  click_id: string;
  visitor: string;
  is_first: number;
  is_first_for_offer: number;
}

/** Sets the claims of clicks where nobody has or had them, in the order given. `endsOf` is of an account. */
export async function restoreClaims(
  redis: RedisClient,
  clicks: readonly FirstOf[],
  endsOf: (account_id: string) => string,
): Promise<void> {
  for (const [partition, of_partition] of Map.groupBy(clicks, clickPartition)) {
    const takings = of_partition.flatMap((click) => takingsOf(click, endsOf(click.account_id)));
    for (let from = 0; from < takings.length; from += CLAIMS_PER_CALL) {
      const part = takings.slice(from, from + CLAIMS_PER_CALL);
      const ordered = [...part.filter(({ message }) => message), ...part.filter(({ message }) => !message)];
      await RESTORE.run(redis, ...(await argumentsOf(redis, ordered, partition)));
    }
  }
}

function takingsOf(click: FirstOf, ends: string): Taking[] {
  const { click_id, payout, currency, visitor } = click;
  const link: ClaimSubject = click;
  const is_on_offer = click.is_first_for_offer === 1;
  const own: Taking = {
    ...{ subject: claimingSubject(link, visitor), link, click_id, ends },
    message: click.is_first === 1,
    offer: is_on_offer ? { payout, currency } : undefined,
  };
  if (!is_on_offer || link.contact_id !== '') return [own];
  return [own, { ...own, subject: creditedSubject(link), message: false, offer: NO_PAYOUT }];
}

/** What removes the claims that were made of a click's subjects, on messages and on its link's offer, wherever they are. */
export function removalsOf(link: ClaimSubject, visitor: string): Command[] {
  const subjects = [claimingSubject(link, visitor), creditedSubject(link)];
  return partitionsOf(clickKey(link)).flatMap((partition) =>
    [...new Set(subjects)].map((subject): Command => {
      const [bucket, field] = claimPlace(subject, partition);
      return ['HDEL', bucket, field, offerField(field, link.offer_id)];
    }),
  );
}
