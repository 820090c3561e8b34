/**
 * Finds what each conversion is credited to: the first or the last human click of its contact, the latest message to the
 * contact, or the offer. A conversion whose click has not arrived yet is registered to be rechecked. With Redis or
 * ClickHouse down it rejects and the batch is retried.
 */
import { clickIdTime, linkIdOfClickId } from '../../clicks/click-id.ts';
import { RELEASED, waitingKeys } from '../../clicks/first-click.ts';
import { readLink } from '../../links/link-store.ts';
import type { BatchedReader } from '../../platform/record-cache.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { type Conversion, encodeRecheck, isConversion, NO_SUBJECT } from '../conversion.ts';
import { type Credit, creditOf as creditOfLine, type Found, type Line } from '../line.ts';
import { contactWaitingKey, registerWaiting } from '../waiting.ts';
import type { CreditSources } from './credit-sources.ts';
import { findClaimants, readClaims, subjectOf } from './find-claimants.ts';
import { findLastClicks } from './find-last-clicks.ts';
import { findLatestMessages } from './find-latest-messages.ts';
import { findMissingClicks } from './find-missing-clicks.ts';
import { findViews } from './find-views.ts';
import { formerKey, type Transaction } from './transactions.ts';

/** How long after a conversion its message may still be inserted: ClickHouse may have been away. */
const SEND_FOLLOWS_MS_MAX = 24 * 3_600_000;

/**
 * The credit or the reason for each conversion id; no entry for refunds and for conversions that can never be credited.
 */
export async function findCredits(
  context: CreditSources,
  transactions: readonly Transaction[],
): Promise<Map<string, Found>> {
  const found = await findKeptCredits(context.redis, transactions);
  const open = transactions
    .flatMap(({ conversions }) => conversions)
    .filter(({ event, conversion_id }) => isConversion(event) && !found.has(conversion_id));
  const by = Map.groupBy(open, ({ credit_by }) => credit_by);
  for (const conversion of by.get('offer') ?? []) found.set(conversion.conversion_id, toOffer(conversion));
  const by_click = Map.groupBy(by.get('click') ?? [], ({ terms }) => terms.model === 'last_click');
  const first = await findFirstClicks(context, by_click.get(false) ?? []);
  const viewing = (by_click.get(false) ?? []).filter(
    ({ conversion_id, terms }) =>
      terms.model === 'view_through' && !('credit' in (first.get(conversion_id) ?? {})),
  );
  const views = await findViews(context, viewing, formerLines(transactions, 'view_through'));
  const last = await findLastClicks(
    context,
    by_click.get(true) ?? [],
    formerLines(transactions, 'last_click'),
  );
  for (const [id, credit] of [...first, ...last, ...views]) found.set(id, credit);
  const by_message = by.get('message') ?? [];
  const messages = await findMessages(context, by_message);
  for (const conversion of by_message) {
    const credit = messages.get(conversion.conversion_id);
    found.set(conversion.conversion_id, credit === undefined ? toOffer(conversion) : { credit });
  }
  return found;
}

/** The latest line that credited each conversion by the model. */
function formerLines(transactions: readonly Transaction[], model: Line['model']): Map<string, Line> {
  const lines = transactions.flatMap(({ former }) => [...former]);
  const ending = formerKey('', model);
  return new Map(lines.flatMap(([key, line]) => (key.endsWith(ending) ? [[line.conversion_id, line]] : [])));
}

/**
 * Credits that are kept. Claims and raw rows expire, but a credited conversion stays credited unless a rejudgement
 * decided that its click is no longer first. One that was credited to its last click meanwhile gets the first click back
 * that it had. A coupon credited to the offer alone is searched again, because its message may have been inserted since.
 * A last click is always chosen anew.
 */
async function findKeptCredits(
  redis: RedisClient,
  transactions: readonly Transaction[],
): Promise<Map<string, Found>> {
  const credited = transactions.flatMap((one) =>
    one.conversions.flatMap((conversion) => {
      const line = keptLine(one, conversion);
      return line === undefined ? [] : [{ conversion, line }];
    }),
  );
  const moved = await findMovedCredits(
    redis,
    credited.map(({ conversion, line }) => [conversion, line]),
  );
  const kept = credited.filter(
    ({ conversion, line }) =>
      !moved.has(conversion) && (conversion.credit_by !== 'message' || line.message_id !== ''),
  );
  return new Map(
    kept.map(({ conversion, line }) => [conversion.conversion_id, { credit: creditOfLine(line) }]),
  );
}

/** A line that is reversed counts only where another model took its place, and not a verdict. */
function keptLine({ credited, former }: Transaction, conversion: Conversion): Line | undefined {
  const { conversion_id, event, credit_by, terms } = conversion;
  if (!isConversion(event)) return undefined;
  const standing = credited.get(conversion_id);
  if (credit_by !== 'click') return standing;
  if (terms.model === 'last_click') return undefined;
  // A view stands only where no click did.
  if (standing?.model === 'view_through') return undefined;
  const is_first = standing === undefined || standing.model === 'first_click';
  return is_first ? standing : former.get(formerKey(conversion_id, 'first_click'));
}

/**
 * The conversions, of those given with the first clicks that they are credited to, whose click has lost its claim to
 * another click or by release. A claim that merely expired takes no credit back.
 */
export async function findMovedCredits(
  redis: RedisClient,
  credited: readonly [Conversion, Pick<Line, 'click_id' | 'model'>][],
): Promise<Set<Conversion>> {
  const byClick = credited.filter(
    ([conversion, { click_id, model }]) =>
      conversion.credit_by === 'click' &&
      isConversion(conversion.event) &&
      click_id !== '' &&
      model === 'first_click',
  );
  const claims = await readClaims(
    redis,
    byClick.map(([conversion]) => conversion),
  );
  const moved = byClick.filter(([, { click_id }], i) => {
    const claim = claims[i];
    return claim === RELEASED || (claim !== undefined && claim.click_id !== click_id);
  });
  return new Set(moved.map(([conversion]) => conversion));
}

/** Latest messages. For recent conversions, also messages that are inserted while this function searches. */
async function findMessages(
  { clickhouse, redis, only_look = false }: CreditSources,
  conversions: readonly Conversion[],
): Promise<Map<string, Credit>> {
  const credits = await findLatestMessages(clickhouse, conversions);
  const missing = conversions.filter(
    ({ conversion_id, received_at_ms }) =>
      !only_look && !credits.has(conversion_id) && Date.now() - received_at_ms < SEND_FOLLOWS_MS_MAX,
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
  return {
    credit: {
      ...NO_SUBJECT,
      contact_id: subject.contact_id,
      click_id: '',
      credited_at_ms: converted_at_ms,
      sent_at_ms: converted_at_ms,
      model: '',
    },
  };
}

async function findFirstClicks(
  context: CreditSources,
  conversions: readonly Conversion[],
): Promise<Map<string, Found>> {
  const { redis, reader, only_look = false } = context;
  const clickOf = await findClaimants(redis, conversions);
  const missing = conversions.filter(({ conversion_id }) => !clickOf.has(conversion_id));
  await Promise.all(
    (only_look ? [] : missing).map((conversion) => {
      const subject = subjectOf(conversion);
      return registerWaiting(redis, waitingKeys(subject)[0], encodeRecheck(conversion));
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

/** The credit of a first click: it is on the message that was reported. */
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
    sent_at_ms: subject.sent_at_ms,
    model: 'first_click',
  };
}
