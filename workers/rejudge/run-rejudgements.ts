/**
 * Runs rejudgements, oldest first, one at a time in the whole installation. It scans the account's clicks in the range,
 * part by part, finds those that the current rules judge differently, and appends a request for each of their messages
 * to the log of clicks, where the differences are booked (see clicks/rejudge-clicks.ts). After each part it waits until
 * the requests are processed, so new clicks never wait behind more than one part.
 *
 * If the worker dies, another one continues after the last finished part; scanning a part twice books nothing twice.
 * With Redis or ClickHouse down it waits for them.
 */

import { closeRejudgement, nextOpen, type Rejudgement, rejudgementKey } from '../../src/bots/rejudgement.ts';
import { firstNode } from '../../src/clickhouse/shards.ts';
import { CLICKS_LOG, clickPartition, encodeRejudgeRequest, keyOfClickRow } from '../../src/clicks/click.ts';
import { append, ROWS_PER_ENTRY_MAX } from '../../src/log/append.ts';
import { notPassed, positionsIn } from '../../src/log/backlog.ts';
import { refreshLayouts } from '../../src/log/layouts.ts';
import { newProducerId } from '../../src/platform/random.ts';
import type { RedisClient } from '../../src/platform/redis.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { columnsOf, insertOnce } from '../batch/insert-rows.ts';
import { currentAccountsOf, NO_ACCOUNT } from '../clicks/judged-with.ts';
import { runAlone, type Turn } from '../run-alone.ts';
import type { WorkerContext } from '../worker-context.ts';
import { isSame, judgeStored } from './standing.ts';
import { readClicksAfter, type StoredClick } from './stored-clicks.ts';

/** Clicks in one part. */
const PART_CLICKS = 10_000;
const PASSED_CHECK_MS = 50;
const LOCK_KEY = 'rejudgements:worker';
/**
 * A message's clicks may be this much older than its sent_at: the sender's clock may be wrong, and scanners come early.
 */
const BEFORE_SEND_MS = 7 * 24 * 3_600_000;

/** Columns of a finished rejudgement. */
const COLUMNS = columnsOf<Rejudgement>({
  account_id: ({ account_id }) => account_id,
  rejudgement: ({ rejudgement }) => rejudgement,
  rules_version: ({ rules_version }) => rules_version,
  from_at: ({ from_ms }) => from_ms / 1_000,
  to_at: ({ to_ms }) => to_ms / 1_000,
  clicks: ({ judged }) => judged,
  changed: ({ changed }) => changed,
  finished_at: ({ finished_at }) => Date.parse(finished_at),
});

export function runRejudgements(context: WorkerContext): { close(): Promise<void> } {
  const { redis, logger } = context;
  return runAlone<Rejudgement>(redis, {
    lock_key: LOCK_KEY,
    next: () => nextOpen(redis),
    keyOf: ({ rejudgement }) => rejudgementKey(rejudgement),
    work: (rejudgement, turn) => rejudge(context, rejudgement, turn),
    interrupted: ({ message }) =>
      logger.warn({ error: message }, 'a rejudgement is interrupted and goes on shortly'),
  });
}

/** Continues `rejudgement` until it is finished. */
async function rejudge(context: WorkerContext, rejudgement: Rejudgement, turn: Turn): Promise<void> {
  const { redis, clickhouse, judge, logger } = context;
  const { account_id, from_ms, to_ms } = rejudgement;
  for (;;) {
    await turn.hold();
    const account = (await currentAccountsOf(context, [rejudgement])).get(account_id) ?? NO_ACCOUNT;
    const rules_version = judge.rulesVersion(account);
    if (rejudgement.rules_version !== rules_version) {
      // At the start, and when the rules change during the scan: the whole range is judged under one version.
      rejudgement.rules_version = rules_version;
      rejudgement.state = 'running';
      rejudgement.cursor_ms = from_ms;
      rejudgement.cursor_id = '';
      rejudgement.judged = 0;
      rejudgement.clicks = await countClicks(context, rejudgement);
      await turn.save();
      logger.info({ rejudgement: rejudgement.rejudgement, rules_version }, 'rejudging');
    }
    const cursor = { clicked_at_ms: rejudgement.cursor_ms, click_id: rejudgement.cursor_id };
    const clicks = await readClicksAfter(clickhouse, account_id, cursor, to_ms, PART_CLICKS);
    const last = clicks.at(-1);
    if (last === undefined) break;
    const changed = clicks.filter((click) => !isSame(click.standing, judgeStored(context, account, click)));
    await logRequests(redis, rejudgement, changed, turn.hold);
    rejudgement.cursor_ms = last.clicked_at_ms;
    rejudgement.cursor_id = last.click_id;
    rejudgement.judged += clicks.length;
    await turn.save();
  }
  await finish(context, rejudgement, turn);
}

/** Appends a request for each message of `clicks`. Resolves when workers have processed all of them. */
async function logRequests(
  redis: RedisClient,
  rejudgement: Rejudgement,
  clicks: readonly StoredClick[],
  hold: () => Promise<void>,
): Promise<void> {
  const rows = new Map<string, number>();
  for (const { account_id, message_id, link_id, contact_id, sent_at_ms, clicked_at_ms } of clicks) {
    const row = encodeRejudgeRequest({
      rejudgement: rejudgement.rejudgement,
      account_id,
      message_id,
      link_id: message_id === '' ? link_id : '',
      contact_id,
      since_ms: sinceOf(message_id, sent_at_ms, clicked_at_ms),
      from_ms: rejudgement.from_ms,
      to_ms: rejudgement.to_ms,
    });
    rows.set(row, clickPartition({ account_id, message_id, link_id }));
  }
  const byPartition = Map.groupBy(rows.keys(), (row) => rows.get(row) ?? 0);
  const producer = newProducerId();
  for (const [partition, texts] of byPartition) {
    for (let from = 0; from < texts.length; from += ROWS_PER_ENTRY_MAX) {
      const part = texts.slice(from, from + ROWS_PER_ENTRY_MAX);
      const entry = { partition, producer, sequence: from + 1, rows: part.length, process: '' };
      await append(redis, CLICKS_LOG, { ...entry, payload: part.join('\n') }, [], { keyOf: keyOfClickRow });
    }
  }
  if (rows.size > 0) await untilPassed(redis, hold);
}

/** A lower bound for the times of the message's clicks; the same for all of them, except clicks long before sent_at. */
function sinceOf(message_id: string, sent_at_ms: number, clicked_at_ms: number): number {
  const since_ms = sent_at_ms - BEFORE_SEND_MS;
  return message_id === '' || clicked_at_ms < since_ms ? 0 : Math.max(0, since_ms);
}

/** Until all that is on the log of clicks now was processed. */
async function untilPassed(redis: RedisClient, hold: () => Promise<void>): Promise<void> {
  await refreshLayouts(redis);
  let left = await positionsIn(redis, CLICKS_LOG);
  for (;;) {
    left = await notPassed(redis, left);
    if (left.length === 0) return;
    await hold();
    await sleep(PASSED_CHECK_MS);
  }
}

async function countClicks({ clickhouse }: WorkerContext, rejudgement: Rejudgement): Promise<number> {
  return ask(
    clickhouse,
    rejudgement,
    'SELECT count() AS n FROM trackly.clicks WHERE clicked_at >= toDateTime({from_s:UInt32}) AND clicked_at < toDateTime({to_s:UInt32})',
  );
}

async function finish(context: WorkerContext, rejudgement: Rejudgement, turn: Turn): Promise<void> {
  const { redis, clickhouse, logger } = context;
  // All requests were appended before the last part was saved. Wait for those of a worker that died before it waited.
  await untilPassed(redis, turn.hold);
  rejudgement.changed = await ask(
    clickhouse,
    rejudgement,
    'SELECT uniqExact(click_id) AS n FROM trackly.verdicts WHERE rejudgement = {rejudgement:UInt32}',
  );
  rejudgement.state = 'done';
  rejudgement.finished_at = new Date().toISOString();
  const insert = { table: 'rejudgements', columns: COLUMNS, rows: [rejudgement] };
  await insertOnce(
    { clickhouse: firstNode(clickhouse).client },
    `rejudgement-${rejudgement.rejudgement}`,
    insert,
  );
  await turn.save();
  await closeRejudgement(redis, rejudgement);
  logger.info({ rejudgement: rejudgement.rejudgement, changed: rejudgement.changed }, 'rejudged');
}

async function ask(
  clickhouse: WorkerContext['clickhouse'],
  { account_id, rejudgement, from_ms, to_ms }: Rejudgement,
  query: string,
): Promise<number> {
  const result = await clickhouse.query({
    query: `${query} AND account_id = {account_id:String}`,
    query_params: { account_id, rejudgement, from_s: from_ms / 1_000, to_s: to_ms / 1_000 },
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ n: string | number }>();
  return Number(row?.n ?? 0);
}
