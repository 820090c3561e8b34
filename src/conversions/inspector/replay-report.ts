/**
 * Sends a kept report through reception again, as the account itself: after a secret, an offer or a setting was mended,
 * or a name that was not ours was given to one of our parameters.
 * Safe to repeat: a report that counts, from the first time or from a replay, is answered as a duplicate. Rejects when
 * Redis or ClickHouse is down.
 */
import type { Account } from '../../catalog/definitions.ts';
import type { ClickHouseClient } from '../../clickhouse/client.ts';
import type { RedisClient } from '../../platform/redis.ts';
import { readBooked } from '../../reports/read-booked.ts';
import type { ReceiveContext } from '../receive/authenticate.ts';
import { ConversionError } from '../receive/conversion-error.ts';
import type { Parameters as Given } from '../receive/conversion-input.ts';
import { type Received, receiveMany } from '../receive/receive-many.ts';
import { REPORTS_KEPT_DAYS } from './report-lists.ts';
import type { ReportRecorder } from './report-recorder.ts';
import type { StoredReport } from './stored-report.ts';

/** A replay that was interrupted can be repeated after it. */
const RUNNING_S = 30;
/** Longer than the report itself is kept. */
const REPLAYED_KEEP_S = (REPORTS_KEPT_DAYS + 1) * 24 * 3_600;
const RUNNING = 'running';

const replayKey = (account_id: string, report_id: string): string =>
  `report_replay:${account_id}:${report_id}`;

/** A report, and what it says now (read-again.ts). */
export interface Replayable {
  report: StoredReport;
  given: Given;
}

export interface ReplayContext extends ReceiveContext {
  redis: RedisClient;
  clickhouse: ClickHouseClient;
  inspector: ReportRecorder;
}

/** 'running' while another replay of the same report has not ended. */
export async function replayReport(
  context: ReplayContext,
  account: Account,
  replayable: Replayable,
): Promise<Received | ConversionError | 'running'> {
  const { redis } = context;
  const { report } = replayable;
  const key = replayKey(account.account_id, report.report_id);
  const before = await redis.get(key);
  if (before === RUNNING) return 'running';
  const counted = await countedAs(context, account.account_id, [report.answer.conversion_id, before]);
  if (counted !== undefined) return { status: 'duplicate', conversion_id: counted };
  if ((await redis.set(key, RUNNING, 'EX', RUNNING_S, 'GET')) === RUNNING) return 'running';
  let result: Received | ConversionError | undefined;
  try {
    result = await receiveAgain(context, account, replayable);
    return result;
  } finally {
    const conversion_id = result instanceof ConversionError ? undefined : result?.conversion_id;
    const kept = conversion_id ?? before;
    await (kept ? redis.set(key, kept, 'EX', REPLAYED_KEEP_S) : redis.del(key)).catch(() => {});
  }
}

async function receiveAgain(
  { inspector, ...context }: ReplayContext,
  account: Account,
  { report: { received_at_ms, report_id }, given: said }: Replayable,
): Promise<Received | ConversionError> {
  const given = { ...said, ts: said.ts ?? new Date(received_at_ms).toISOString() };
  const noting = {
    noteMany: (...[of, givens, results]: Parameters<ReportRecorder['noteMany']>) =>
      inspector.noteMany(of, givens, results, report_id),
  };
  const [result] = await receiveMany({ ...context, inspector: noting }, account, [given]);
  if (result === undefined) throw new Error('a report has one result');
  return result;
}

/** Which of the conversions counts, or is about to be booked. */
async function countedAs(
  { clickhouse }: ReplayContext,
  account_id: string,
  ids: readonly (string | null | undefined)[],
): Promise<string | undefined> {
  const received = ids.filter((id): id is string => !!id);
  const booked = await readBooked(clickhouse, account_id, received);
  return received.find((id) => booked.get(id)?.status !== 'unattributed');
}
