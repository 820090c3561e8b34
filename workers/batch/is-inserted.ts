/**
 * Whether rows of a batch are in ClickHouse already: asked where a failover of Redis may have lost that a batch was finished
 * with its group, so that it would be inserted again under a token of its own. Rejects when ClickHouse is down.
 */
import { TEST_TABLES } from '../../src/clickhouse/test-rows.ts';
import { CLICKS_LOG } from '../../src/clicks/click.ts';
import type { Batch } from '../../src/log/batches.ts';
import { SENDS_LOG } from '../../src/messages/send.ts';
import type { WorkerContext } from '../worker-context.ts';
import { nodeOfBatch } from './node-of-batch.ts';

/** Where each row of a batch is, or what was counted of it. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  [CLICKS_LOG]: ['ledger', 'clicks'],
  [SENDS_LOG]: ['sends', TEST_TABLES.sends],
};

export async function isInserted(context: WorkerContext, batch: Batch): Promise<boolean> {
  const { client } = nodeOfBatch(context, batch);
  for (const table of TABLES[batch.log] ?? []) {
    const found = await client.query({
      query: `SELECT 1 FROM ${table} WHERE batch = {token:String} LIMIT 1`,
      query_params: { token: batch.token },
      format: 'JSONEachRow',
    });
    if ((await found.json()).length > 0) return true;
  }
  return false;
}
