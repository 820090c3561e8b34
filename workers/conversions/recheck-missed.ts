/**
 * Rechecks conversions that nothing is credited to though the first click that they wait for is in ClickHouse: what they
 * wait by is in Redis (waiting.ts), and a failover to a replica that was behind loses the last of it. So such a
 * conversion is credited within an hour. A recheck that changes nothing books nothing. With Redis or ClickHouse down
 * it rejects; the next round sees to the same conversions.
 */
import type { ClickHouseClient } from '../../src/clickhouse/client.ts';
import { parameterChunks } from '../../src/clickhouse/parameter-chunks.ts';
import { encodeRecheck, type Recheck } from '../../src/conversions/conversion.ts';
import { MISSING_CLICK } from '../../src/conversions/credits/find-missing-clicks.ts';
import { logRows } from '../../src/conversions/log-conversions.ts';
import type { WorkerContext } from '../worker-context.ts';

/** One process of the cluster looks so often. */
export const RECHECK_EVERY_MS = 3_600_000;
/** How long ago a conversion may have been received. A link is rarely tapped first a week after its sale. */
const LOOK_BACK_S = 7 * 24 * 3_600;
/** In which it is certainly checked in the ordinary way. */
const SETTLES_WITHIN_S = 60;
/** Conversions of one round, the newest. */
const CONVERSIONS_MAX = 10_000;

/** A conversion without a credit, and what a click that it waits for would be of: a message, or a link without one. */
interface Open extends Recheck {
  message_id: string;
  link_id: string;
}

type Ground = Pick<WorkerContext, 'redis' | 'clickhouse'>;

/** Resolves with the number of conversions that it asked to recheck. */
export async function recheckMissed(
  { redis, clickhouse }: Ground,
  settles_within_s = SETTLES_WITHIN_S,
): Promise<number> {
  const missed: Open[] = [];
  const open = await readOpen(clickhouse, settles_within_s);
  for (const [account_id, of_account] of Map.groupBy(open, (one) => one.account_id)) {
    for (const part of parameterChunks(of_account, subjectOf)) {
      const clicked = await readClicked(clickhouse, account_id, part);
      missed.push(...part.filter((one) => clicked.has(keyOf(one))));
    }
  }
  await logRows(
    redis,
    missed.map((one) => [one, encodeRecheck(one)]),
  );
  return missed.length;
}

const subjectOf = ({ message_id, link_id }: Pick<Open, 'message_id' | 'link_id'>): string =>
  message_id === '' ? link_id : message_id;
const keyOf = (one: Pick<Open, 'message_id' | 'link_id' | 'offer_id'>): string =>
  JSON.stringify([subjectOf(one), one.offer_id]);

async function readOpen(clickhouse: ClickHouseClient, settles_within_s: number): Promise<Open[]> {
  const result = await clickhouse.query({
    query: `SELECT account_id, offer_id, transaction,
        JSONExtractString(any(facts) AS report, 'subject', 'message_id') AS message_id,
        JSONExtractString(report, 'subject', 'link_id') AS link_id
      FROM trackly.conversions
      WHERE received_at > now() - toIntervalSecond({look_back_s:UInt32})
        AND received_at <= now() - toIntervalSecond({settles_within_s:UInt32})
      GROUP BY account_id, transaction, offer_id, conversion_id, line
      HAVING sum(sign) > 0 AND any(status) = 'unattributed' AND any(reason) IN {reasons:Array(String)}
      ORDER BY any(received_at) DESC LIMIT {limit:UInt32}`,
    query_params: {
      look_back_s: LOOK_BACK_S,
      settles_within_s,
      reasons: MISSING_CLICK,
      limit: CONVERSIONS_MAX,
    },
    format: 'JSONEachRow',
  });
  return result.json<Open>();
}

/** Of what the first human click on the offer is there. */
async function readClicked(
  clickhouse: ClickHouseClient,
  account_id: string,
  open: readonly Open[],
): Promise<Set<string>> {
  const clicked = new Set<string>();
  for (const column of ['message_id', 'link_id'] as const) {
    const of = open.filter(({ message_id }) => (message_id === '') === (column === 'link_id'));
    if (of.length === 0) continue;
    const result = await clickhouse.query({
      query: `SELECT DISTINCT ${column === 'link_id' ? "'' AS message_id, link_id" : "message_id, '' AS link_id"}, offer_id
        FROM trackly.clicks
        WHERE account_id = {account_id:String} AND ${column} IN {ids:Array(String)} AND is_first_for_offer = 1
          AND import_id = ''`,
      query_params: { account_id, ids: [...new Set(of.map((one) => one[column]))] },
      format: 'JSONEachRow',
    });
    for (const one of await result.json<Pick<Open, 'message_id' | 'link_id' | 'offer_id'>>())
      clicked.add(keyOf(one));
  }
  return clicked;
}
