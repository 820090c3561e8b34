/**
 * Tells ClickHouse the names of the networks from which clicks came, for the report views: each once in the life of
 * this worker. Safe to run again, because the table keeps one row for each network. With ClickHouse down it rejects and
 * the batch is retried.
 */

import type { Place } from '../../src/bots/judge.ts';
import type { Batch } from '../../src/log/batches.ts';
import { nodeOfBatch } from '../batch/node-of-batch.ts';
import type { WorkerContext } from '../worker-context.ts';

export async function nameNetworks(
  context: WorkerContext,
  batch: Batch,
  judged: readonly { place: Pick<Place, 'asn'> }[],
): Promise<void> {
  const { judge, named_networks } = context;
  const found = new Set(judged.map(({ place }) => place.asn));
  const values = [...found]
    .filter((asn) => asn !== 0 && !named_networks.has(asn))
    .map((asn) => ({ asn, network: judge.organisationOf(asn) }));
  if (values.length === 0) return;
  await nodeOfBatch(context, batch).client.insert({ table: 'networks', values, format: 'JSONEachRow' });
  for (const { asn } of values) named_networks.add(asn);
}
