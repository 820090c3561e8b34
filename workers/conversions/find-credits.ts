/**
 * Finds what each conversion is credited to: the first human click of its contact, the latest message to the contact,
 * or the offer. A conversion whose click has not arrived yet is registered to be rechecked. With Redis or ClickHouse
 * down it rejects and the batch is retried.
 */
import { clickPartition } from '../../src/clicks/click.ts';
import { clickIdTime, linkIdOfClickId } from '../../src/clicks/click-id.ts';
import {
  type Claim,
  type ClaimSubject,
  claimPlace,
  creditClaimOf,
  RELEASED,
  readClaim,
  waitingKey,
} from '../../src/clicks/first-click.ts';
import {
  type Conversion,
  encodeRecheck,
  isConversion,
  NO_SUBJECT,
} from '../../src/conversions/conversion.ts';
import { type Credit, creditOf as creditOfLine, type Found } from '../../src/conversions/line.ts';
import { contactWaitingKey, registerWaiting } from '../../src/conversions/waiting.ts';
import { readLink } from '../../src/links/link-store.ts';
import type { BatchedReader } from '../../src/platform/record-cache.ts';
import { type Command, type RedisClient, runAll } from '../../src/platform/redis.ts';
import type { WorkerContext } from '../worker-context.ts';
import { findLatestMessages } from './find-latest-messages.ts';
import { findMissingClicks } from './find-missing-clicks.ts';
import type { Transaction } from './transactions.ts';

const COMMANDS_PER_WRITE = 5_000;
/** How long after a conversion its message may still be inserted: ClickHouse may have been away. */
const SEND_FOLLOWS_MS_MAX = 24 * 3_600_000;

/**
 * The credit or the reason for each conversion id; no entry for refunds and for conversions that can never be credited.
 */
export async function findCredits(
  context: WorkerContext,
  transactions: readonly Transaction[],
): Promise<Map<string, Found>> {
  const found = await findKeptCredits(context.redis, transactions);
  const open = transactions
    .flatMap(({ conversions }) => conversions)
    .filter(({ event, conversion_id }) => isConversion(event) && !found.has(conversion_id));
  const by = Map.groupBy(open, ({ credit_by }) => credit_by);
  for (const conversion of by.get('offer') ?? []) found.set(conversion.conversion_id, toOffer(conversion));
  for (const [id, credit] of await findFirstClicks(context, by.get('click') ?? [])) found.set(id, credit);
  const by_message = by.get('message') ?? [];
  const messages = await findMessages(context, by_message);
  for (const conversion of by_message) {
    const credit = messages.get(conversion.conversion_id);
    found.set(conversion.conversion_id, credit === undefined ? toOffer(conversion) : { credit });
  }
  return found;
}

/**
 * Credits that are kept. Claims and raw rows expire, but a credited conversion stays credited unless a rejudgement
 * decided that its click is no longer first. A coupon credited to the offer alone is searched again, because its
 * message may have been inserted since.
 */
async function findKeptCredits(
  redis: RedisClient,
  transactions: readonly Transaction[],
): Promise<Map<string, Found>> {
  const credited = transactions.flatMap((one) =>
    one.conversions.flatMap((conversion) => {
      const line = one.credited.get(conversion.conversion_id);
      return line === undefined || !isConversion(conversion.event) ? [] : [{ conversion, line }];
    }),
  );
  const moved = await findMovedCredits(
    redis,
    credited.map(({ conversion, line }) => [conversion, line.click_id]),
  );
  const kept = credited.filter(
    ({ conversion, line }) =>
      !moved.has(conversion) && (conversion.credit_by !== 'message' || line.message_id !== ''),
  );
  return new Map(
    kept.map(({ conversion, line }) => [conversion.conversion_id, { credit: creditOfLine(line) }]),
  );
}

/**
 * The conversions, of those given with the clicks that they are credited to, whose click has lost its claim to another
 * click or by release. A claim that merely expired takes no credit back.
 */
export async function findMovedCredits(
  redis: RedisClient,
  credited: readonly [Conversion, click_id: string][],
): Promise<Set<Conversion>> {
  const byClick = credited.filter(
    ([conversion, click_id]) =>
      conversion.credit_by === 'click' && isConversion(conversion.event) && click_id !== '',
  );
  const claims = await readClaims(
    redis,
    byClick.map(([conversion]) => conversion),
  );
  const moved = byClick.filter(([, click_id], i) => {
    const claim = claims[i];
    return claim === RELEASED || (claim !== undefined && claim.click_id !== click_id);
  });
  return new Set(moved.map(([conversion]) => conversion));
}

/** Latest messages. For recent conversions, also messages that are inserted while this function searches. */
async function findMessages(
  { clickhouse, redis }: WorkerContext,
  conversions: readonly Conversion[],
): Promise<Map<string, Credit>> {
  const credits = await findLatestMessages(clickhouse, conversions);
  const missing = conversions.filter(
    ({ conversion_id, received_at_ms }) =>
      !credits.has(conversion_id) && Date.now() - received_at_ms < SEND_FOLLOWS_MS_MAX,
  );
  await Promise.all(
    missing.map((conversion) => {
      const key = contactWaitingKey(conversion.account_id, conversion.subject.contact_id);
      return registerWaiting(redis, key, encodeRecheck(conversion));
    }),
  );
  for (const [id, credit] of await findLatestMessages(clickhouse, missing)) credits.set(id, credit);
  return credits;
}

function toOffer({ converted_at_ms, subject }: Conversion): Found {
  const { sent_at_ms: _, ...nowhere } = NO_SUBJECT;
  return {
    credit: { ...nowhere, contact_id: subject.contact_id, click_id: '', credited_at_ms: converted_at_ms },
  };
}

async function findFirstClicks(
  context: WorkerContext,
  conversions: readonly Conversion[],
): Promise<Map<string, Found>> {
  const { redis, reader } = context;
  const clickOf = await findClaimants(redis, conversions);
  const missing = conversions.filter(({ conversion_id }) => !clickOf.has(conversion_id));
  await Promise.all(
    missing.map((conversion) => {
      const subject = subjectOf(conversion);
      return registerWaiting(redis, waitingKey(subject, clickPartition(subject)), encodeRecheck(conversion));
    }),
  );
  // A click that was claimed in between may not have seen that this conversion waits.
  for (const [id, click_id] of await findClaimants(redis, missing)) clickOf.set(id, click_id);

  const found = new Map<string, Found>();
  const keys = await readLinkKeys(reader, conversions, clickOf);
  for (const conversion of conversions) {
    const click_id = clickOf.get(conversion.conversion_id);
    if (click_id !== undefined) {
      found.set(conversion.conversion_id, { credit: creditOf(conversion, click_id, keys) });
    }
  }
  const still = conversions.filter(({ conversion_id }) => !found.has(conversion_id));
  for (const [id, reason] of await findMissingClicks(context.clickhouse, still)) found.set(id, { reason });
  return found;
}

function subjectOf(conversion: Conversion): ClaimSubject {
  return { ...conversion.subject, account_id: conversion.account_id, offer_id: conversion.offer_id };
}

/** Click id by conversion id, where a click has the claim. */
async function findClaimants(
  redis: RedisClient,
  conversions: readonly Conversion[],
): Promise<Map<string, string>> {
  const clickOf = new Map<string, string>();
  const claims = await readClaims(redis, conversions);
  for (const [i, { conversion_id }] of conversions.entries()) {
    const claim = claims[i];
    if (claim !== undefined && claim !== RELEASED) clickOf.set(conversion_id, claim.click_id);
  }
  return clickOf;
}

/** The claim on each conversion's offer. */
async function readClaims(
  redis: RedisClient,
  conversions: readonly Conversion[],
): Promise<(Claim | typeof RELEASED | undefined)[]> {
  const stored: unknown[] = [];
  for (let from = 0; from < conversions.length; from += COMMANDS_PER_WRITE) {
    const part = conversions.slice(from, from + COMMANDS_PER_WRITE);
    const replies = await runAll(
      redis,
      part.map((conversion): Command => {
        const subject = subjectOf(conversion);
        return ['HGET', ...claimPlace(creditClaimOf(subject), clickPartition(subject))];
      }),
    );
    stored.push(...replies);
  }
  return stored.map(readClaim);
}

/** Link key by link id, for first clicks on another link of the message than the one that converted. */
async function readLinkKeys(
  reader: BatchedReader,
  conversions: readonly Conversion[],
  clickOf: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const link_ids = conversions.flatMap(({ conversion_id, subject }) => {
    const link_id = linkIdOfClickId(clickOf.get(conversion_id) ?? '');
    return link_id === undefined || link_id === subject.link_id ? [] : [link_id];
  });
  const unique = [...new Set(link_ids)];
  const links = await Promise.all(unique.map((link_id) => readLink(reader, link_id)));
  return new Map(unique.map((link_id, i) => [link_id, links[i]?.link_key ?? '']));
}

function creditOf({ subject }: Conversion, click_id: string, link_keys: ReadonlyMap<string, string>): Credit {
  const link_id = linkIdOfClickId(click_id) ?? subject.link_id;
  return {
    click_id,
    credited_at_ms: clickIdTime(click_id) ?? 0,
    link_id,
    link_key: link_id === subject.link_id ? subject.link_key : (link_keys.get(link_id) ?? ''),
    message_id: subject.message_id,
    contact_id: subject.contact_id,
    creative_id: subject.creative_id,
    campaign_id: subject.campaign_id,
    variant_id: subject.variant_id,
    domain: subject.domain,
  };
}
