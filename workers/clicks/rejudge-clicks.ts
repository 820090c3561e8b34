/**
 * Rejudges clicks that are already counted, for one contact and message at a time. Clicks in the rejudgement's range
 * get a verdict under the current rules; then the first click is decided again among all of the contact's clicks on the
 * message. Differences are booked, claims move to the new first clicks, and conversions credited to a click that is no
 * longer first are rechecked. Webhooks are told of verdicts that changed.
 *
 * A request is a row of the log of clicks, so no click of the same message is counted meanwhile. The first decision is
 * stored with the batch. A request that finds no difference books nothing, so it may come twice. With Redis or
 * ClickHouse down it rejects and the batch is retried.
 */
import type { JudgedAccount } from '../../src/bots/judge.ts';
import { insertColumns } from '../../src/clickhouse/columns.ts';
import { type RejudgeRequest, wasTurnedAway } from '../../src/clicks/click.ts';
import {
  type ClaimSubject,
  type ClickPayout,
  encodeClaim,
  NO_PAYOUT,
  RELEASED,
} from '../../src/clicks/first-click.ts';
import {
  type ClickOfVerdict,
  type Standing,
  VERDICT_FIELDS,
  type VerdictLine,
} from '../../src/clicks/verdict-fields.ts';
import { recheckCredits } from '../../src/conversions/credited.ts';
import { lastClickKey, wakeForClicks, wakeWaiting } from '../../src/conversions/waiting.ts';
import type { Batch } from '../../src/log/batches.ts';
import { decide } from '../../src/log/decisions.ts';
import { verdictEvents } from '../../src/webhooks/events.ts';
import { insertRows } from '../batch/insert-rows.ts';
import { isSame, judgeStored } from '../rejudge/standing.ts';
import { readClicksOf, type StoredClick } from '../rejudge/stored-clicks.ts';
import { keepEvents } from '../webhooks/keep-events.ts';
import { readTaps } from '../webhooks/read-taps.ts';
import type { WorkerContext } from '../worker-context.ts';
import { type ClaimMove, isEarlier, moveClaims } from './claims.ts';
import { clickPayouts } from './click-payouts.ts';
import { currentAccountsOf } from './judged-with.ts';

const DECISION = 'rejudged';
const COLUMNS = insertColumns(VERDICT_FIELDS);

/** A click whose standing (verdict, first click, payout …) has changed. */
interface ChangedVerdict {
  click: ClickOfVerdict;
  before: Standing;
  after: Standing;
  rejudgement: number;
}

/** The outcome of a batch's requests; stored before any part of it is carried out. */
interface Decision {
  changed: ChangedVerdict[];
  claims: ClaimMove[];
  /** What has a first click now. */
  found: ClaimSubject[];
  /** What has no first click any more: the reason may have changed. */
  lost: ClaimSubject[];
  /** Keys of conversions that the last click decides, among clicks of which one changed. */
  last: string[];
  /** Clicks that are no longer the first on their offer, by account. */
  no_longer_first: [account_id: string, click_ids: string[]][];
}

/** Clicks of one contact on one message in the order in which they were counted, each with its new standing. */
type Judged = { click: StoredClick; after: Standing }[];

/** Safe to repeat. */
export async function rejudgeClicks(
  context: WorkerContext,
  batch: Batch,
  requests: readonly RejudgeRequest[],
): Promise<void> {
  const { redis, clickhouse } = context;
  const kept =
    (await decide(redis, batch, '', DECISION)) ??
    (await decide(redis, batch, JSON.stringify(await decideRequests(context, requests)), DECISION));
  if (kept === undefined) return;
  const decision = JSON.parse(kept) as Decision;
  if (decision.changed.length > 0) {
    const rows = decision.changed.flatMap((changed) => linesOf(changed, batch.token));
    const token = `${batch.token}-${DECISION}`;
    await insertRows(context, batch, { table: 'verdicts', columns: COLUMNS, rows }, token);
    const clicks = decision.changed.map(({ click }) => click);
    await keepEvents(context, batch, {
      name: 'verdict_webhooks',
      account_ids: clicks.map(({ account_id }) => account_id),
      types: ['verdict.changed'],
      make: async (objects) =>
        verdictEvents(decision.changed, await readTaps(clickhouse, clicks), objects, batch.frozen_at_ms),
    });
  }
  await moveClaims(redis, batch, decision.claims);
  await wakeForClicks(redis, decision.found, true);
  await wakeForClicks(redis, decision.lost, false);
  await wakeWaiting(redis, [...new Set(decision.last)], false);
  for (const [account_id, click_ids] of decision.no_longer_first) {
    await recheckCredits(redis, clickhouse, account_id, click_ids);
  }
}

/** Two lines: the old standing is reversed and the new one is booked. */
function linesOf({ click, before, after, rejudgement }: ChangedVerdict, batch: string): VerdictLine[] {
  const change = before.change + 1;
  return [
    { click, standing: before, sign: -1, change, rejudgement, batch },
    { click, standing: after, sign: 1, change, rejudgement, batch },
  ];
}

async function decideRequests(
  context: WorkerContext,
  requests: readonly RejudgeRequest[],
): Promise<Decision> {
  const decision: Decision = { changed: [], claims: [], found: [], lost: [], last: [], no_longer_first: [] };
  const accounts = await currentAccountsOf(context, requests);
  for (const [account_id, of_account] of Map.groupBy(requests, (one) => one.account_id)) {
    const asked = new Map(of_account.map((one) => [subjectOf(one), one]));
    const clicks = await readClicksOf(context.clickhouse, account_id, [...asked.values()]);
    const account = accounts.get(account_id) ?? {};
    const no_longer_first: string[] = [];
    for (const [subject, its_clicks] of Map.groupBy(clicks, subjectOf)) {
      const one = asked.get(subject);
      if (one === undefined) continue;
      const judged = its_clicks
        .toSorted(byCounting)
        .map((click) => ({ click, after: rejudge(context, account, click, one) }));
      // A link without a contact has a first click for each visitor.
      for (const [, of_visitor] of Map.groupBy(judged, ({ click }) => click.visitor)) {
        decideFirst(of_visitor, decision);
        no_longer_first.push(...(await decideFirstForOffers(context, of_visitor, decision)));
      }
      decideCredit(judged, decision);
      decideChanges(context, judged, one.rejudgement, decision);
    }
    if (no_longer_first.length > 0) decision.no_longer_first.push([account_id, no_longer_first]);
  }
  return decision;
}

/**
 * Identifies one contact on one message, or on one link outside a message. A message has one contact; its id may have
 * changed to a pseudonym since the request was made.
 */
function subjectOf({
  message_id,
  link_id,
  contact_id,
}: Pick<RejudgeRequest, 'message_id' | 'link_id' | 'contact_id'>): string {
  return JSON.stringify([message_id, message_id === '' ? link_id : '', contact_id === '']);
}

/** What a decision keeps of a click, to find its claims and whoever waits for it. */
const subjectOfClaim = ({
  account_id,
  message_id,
  link_id,
  contact_id,
  offer_id,
}: ClaimSubject): ClaimSubject => ({
  ...{ account_id, message_id, link_id, contact_id, offer_id },
});

/** Which click of a link without a contact is credited with its conversions: the first of all visitors. */
function decideCredit(judged: Judged, decision: Decision): void {
  for (const [, of_offer] of Map.groupBy(judged, ({ click }) => click.offer_id)) {
    const [{ click }] = of_offer as [Judged[number]];
    if (click.contact_id !== '') continue;
    const before = of_offer.find((one) => one.click.standing.is_first_for_offer === 1);
    const winner = of_offer.find(({ after }) => after.is_first_for_offer === 1);
    if (winner === before) continue;
    const claim = winner === undefined ? RELEASED : encodeClaim(winner.click.click_id, NO_PAYOUT);
    decision.claims.push({ on: 'credit', link: subjectOfClaim(click), visitor: '', claim });
  }
}

/** Decides the first click on each offer. Returns the clicks that are no longer first. */
async function decideFirstForOffers(
  context: WorkerContext,
  judged: Judged,
  decision: Decision,
): Promise<string[]> {
  const no_longer_first: string[] = [];
  for (const [, of_offer] of Map.groupBy(judged, ({ click }) => click.offer_id)) {
    const winner = of_offer.find(({ click, after }) => after.verdict === 'human' && !wasTurnedAway(click));
    const before = of_offer.find(({ click }) => click.standing.is_first_for_offer === 1);
    markFirstForOffer(of_offer, winner);
    if (winner === before) continue;
    if (before !== undefined) no_longer_first.push(before.click.click_id);
    const { click } = winner ?? (of_offer[0] as Judged[number]);
    (winner === undefined ? decision.lost : decision.found).push(subjectOfClaim(click));
    const claim =
      winner === undefined ? RELEASED : await claimOfWinner(context, winner, before?.click.standing);
    decision.claims.push({ on: 'offer', link: subjectOfClaim(click), visitor: click.visitor, claim });
  }
  return no_longer_first;
}

function markFirstForOffer(of_offer: Judged, winner: Judged[number] | undefined): void {
  for (const one of of_offer) {
    one.after.is_first_for_offer = one === winner ? 1 : 0;
    if (one !== winner) Object.assign(one.after, NO_PAYOUT);
  }
}

/** The new first click gets the payout of the previous one; without a previous one, today's payout. */
async function claimOfWinner(
  { offers }: WorkerContext,
  { click, after }: Judged[number],
  before: ClickPayout | undefined,
): Promise<string> {
  const { payout, currency } = before ?? (await clickPayouts(offers, [click]))[0] ?? NO_PAYOUT;
  Object.assign(after, { payout, currency });
  return encodeClaim(click.click_id, { payout, currency });
}

/** Decides the first click on the message. */
function decideFirst(judged: Judged, decision: Decision): void {
  const first = judged.find(({ after }) => after.verdict === 'human');
  for (const one of judged) one.after.is_first = one === first ? 1 : 0;
  if (first === judged.find(({ click }) => click.standing.is_first === 1)) return;
  const { click } = first ?? (judged[0] as Judged[number]);
  const claim = first === undefined ? RELEASED : click.click_id;
  decision.claims.push({ on: 'message', link: subjectOfClaim(click), visitor: click.visitor, claim });
}

function decideChanges(
  { contact_key }: WorkerContext,
  judged: Judged,
  rejudgement: number,
  decision: Decision,
): void {
  for (const { click, after } of judged) {
    if (isSame(click.standing, after)) continue;
    if (click.standing.verdict !== after.verdict) decision.last.push(lastClickKey(contact_key, click));
    decision.changed.push({ click: clickOfVerdict(click), before: click.standing, after, rejudgement });
  }
}

/** The fields of a click that a verdict's lines need. The decision is stored in Redis, so it must be small. */
function clickOfVerdict(click: StoredClick): ClickOfVerdict {
  const { account_id, clicked_at_ms, click_id, link_id, link_key, message_id, offer_id } = click;
  const { creative_id, campaign_id, variant_id, domain, sent_at_ms, expires_at_s } = click;
  const { device, os, browser, in_app } = click;
  return {
    ...{ account_id, clicked_at_ms, click_id, link_id, link_key, message_id, offer_id },
    ...{ creative_id, campaign_id, variant_id, domain, sent_at_ms, expires_at_s },
    ...{ device, os, browser, in_app },
  };
}

/** In the rejudgement's range: the standing under the current rules. Outside it: the current standing. */
function rejudge(
  context: WorkerContext,
  account: JudgedAccount,
  click: StoredClick,
  { from_ms, to_ms }: RejudgeRequest,
): Standing {
  if (click.clicked_at_ms < from_ms || click.clicked_at_ms >= to_ms) return { ...click.standing };
  return judgeStored(context, account, click);
}

/** The order in which clicks were counted and first clicks decided: by batch, then by time. */
function byCounting(one: StoredClick, other: StoredClick): number {
  const [a_ms, a_n] = batchTime(one.batch);
  const [b_ms, b_n] = batchTime(other.batch);
  return a_ms - b_ms || a_n - b_n || (isEarlier(one, other) ? -1 : 1);
}

/** Time and sequence of the first entry of the batch's range, from the batch's token. */
function batchTime(token: string): [ms: number, sequence: number] {
  const [, ms = '0', sequence = '0'] = /^clicks-\d+-(\d+)-(\d+)-/.exec(token) ?? [];
  return [Number(ms), Number(sequence)];
}
