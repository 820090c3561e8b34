/**
 * Finds the click of each conversion that the last click decides: the contact's last human click on the offer before the
 * conversion, on whichever message. Every conversion is registered before it looks, and a click is stored before it looks
 * for those that are registered, so that at least one of the two sees the other. Where raw clicks have expired, the click
 * that had the conversion before and the first click are still known. With Redis or ClickHouse down it rejects.
 */
import { clickIdTime, linkIdOfClickId } from '../../clicks/click-id.ts';
import type { Link } from '../../links/link.ts';
import { readLink } from '../../links/link-store.ts';
import type { BatchedReader } from '../../platform/record-cache.ts';
import { type Conversion, encodeRecheck } from '../conversion.ts';
import { type Credit, creditOf, type Found, type Line } from '../line.ts';
import { lastClickKey, registerWaiting } from '../waiting.ts';
import { type Candidate, chooseLast, timeFault } from './choose-click.ts';
import type { CreditSources } from './credit-sources.ts';
import { findClaimants } from './find-claimants.ts';
import { findMissingClicks } from './find-missing-clicks.ts';
import { readCandidates } from './read-candidates.ts';

/** A click with the credit that it gives; of a first click only the claim may be left. */
type Possible = Pick<Candidate, 'click_id' | 'clicked_at_ms' | 'verdict' | 'visitor'> & { credit: Credit };

/** `former`: the line that last credited a conversion to its last click, by conversion id. */
export async function findLastClicks(
  sources: CreditSources,
  conversions: readonly Conversion[],
  former: ReadonlyMap<string, Line>,
): Promise<Map<string, Found>> {
  const { redis, clickhouse, reader, only_look = false } = sources;
  if (!only_look) await register(sources, conversions);
  const claimants = await findClaimants(redis, conversions);
  const found = new Map<string, Found>();
  const without: Conversion[] = [];
  for (const [account_id, of_account] of Map.groupBy(conversions, (one) => one.account_id)) {
    const candidates = await readCandidates(clickhouse, account_id, of_account);
    for (const [i, conversion] of of_account.entries()) {
      const { conversion_id } = conversion;
      const stored = (candidates[i] ?? []).map((one): Possible => ({ ...one, credit: creditOfClick(one) }));
      const possible = withFormer(
        conversion,
        stored,
        former.get(conversion_id),
        claimants.get(conversion_id),
      );
      const result = choose(conversion, possible);
      if (result === undefined) without.push(conversion);
      else found.set(conversion_id, result);
    }
  }
  for (const [id, reason] of await findMissingClicks(clickhouse, without)) found.set(id, { reason });
  return withLinks(reader, conversions, found);
}

async function register(
  { redis, contact_key }: CreditSources,
  conversions: readonly Conversion[],
): Promise<void> {
  await Promise.all(
    conversions.map((conversion) =>
      registerWaiting(redis, lastClickKey(contact_key, linkOf(conversion)), encodeRecheck(conversion)),
    ),
  );
}

/** Undefined where there is no human click at all. */
function choose(conversion: Conversion, possible: readonly Possible[]): Found | undefined {
  const chosen = chooseLast(conversion, possible);
  if (chosen !== undefined) return { credit: chosen.credit };
  const reason = reasonOf(conversion, possible);
  return reason && { reason };
}

const linkOf = ({ account_id, offer_id, subject }: Conversion) => ({ ...subject, account_id, offer_id });

/**
 * The stored clicks, with those whose rows have expired, or are not inserted yet. The first click has the credit that it
 * has under first_click: where both rules choose it, nothing is booked anew.
 */
function withFormer(
  { subject }: Conversion,
  stored: readonly Possible[],
  before: Line | undefined,
  claimant: string | undefined,
): Possible[] {
  const known = new Set(stored.map(({ click_id }) => click_id));
  const first = claimant === undefined ? undefined : firstClick(subject, claimant);
  const possible = stored.map((one) =>
    first !== undefined && one.click_id === claimant ? { ...one, credit: first.credit } : one,
  );
  if (before !== undefined && !known.has(before.click_id)) {
    known.add(before.click_id);
    possible.push({ ...human(before.click_id), credit: creditOf(before) });
  }
  if (first !== undefined && !known.has(first.click_id)) possible.push(first);
  return possible;
}

function firstClick(subject: Conversion['subject'], click_id: string): Possible {
  const click = human(click_id);
  const link_id = linkIdOfClickId(click_id) ?? subject.link_id;
  const link_key = link_id === subject.link_id ? subject.link_key : '';
  const credited = { click_id, credited_at_ms: click.clicked_at_ms, model: 'first_click' } as const;
  return { ...click, credit: { ...subject, link_id, link_key, ...credited } };
}

const human = (click_id: string): Omit<Possible, 'credit'> => ({
  click_id,
  clicked_at_ms: clickIdTime(click_id) ?? 0,
  verdict: 'human',
  visitor: '',
});

/** Why none of the human clicks has it; undefined where there is none. */
function reasonOf(
  conversion: Conversion,
  possible: readonly Possible[],
): 'too_early' | 'outside_window' | undefined {
  const faults = possible
    .filter(({ verdict }) => verdict === 'human')
    .map(({ clicked_at_ms }) => timeFault(conversion, clicked_at_ms));
  return faults.find((fault) => fault === 'too_early') ?? faults.find((fault) => fault !== undefined);
}

const creditOfClick = (click: Candidate): Credit => ({
  click_id: click.click_id,
  credited_at_ms: click.clicked_at_ms,
  link_id: click.link_id,
  link_key: click.link_key,
  message_id: click.message_id,
  contact_id: click.contact_id,
  creative_id: click.creative_id,
  campaign_id: click.campaign_id,
  variant_id: click.variant_id,
  domain: click.domain,
  sent_at_ms: click.sent_at_ms,
  model: 'last_click',
});

/** A click has the domain that was tapped, a credit that of its link; the link may have expired. */
async function withLinks(
  reader: BatchedReader,
  conversions: readonly Conversion[],
  found: Map<string, Found>,
): Promise<Map<string, Found>> {
  const subjects = new Map(conversions.map(({ conversion_id, subject }) => [conversion_id, subject]));
  const ids = [...found.values()].flatMap((one) => ('credit' in one ? [one.credit.link_id] : []));
  const unique = [...new Set(ids)];
  const links = new Map<string, Link | null>(
    await Promise.all(
      unique.map(
        async (link_id): Promise<[string, Link | null]> => [link_id, await readLink(reader, link_id)],
      ),
    ),
  );
  for (const [id, one] of found) {
    if (!('credit' in one)) continue;
    const { credit } = one;
    const subject = subjects.get(id);
    const link = credit.link_id === subject?.link_id ? subject : links.get(credit.link_id);
    if (link === null || link === undefined) continue;
    found.set(id, { credit: { ...credit, link_key: link.link_key, domain: link.domain } });
  }
  return found;
}
