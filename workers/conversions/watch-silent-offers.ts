/**
 * Counts the offers that have gone silent, for operators: the metric trackly_offers_silent. Every worker process reads
 * two scans of four weeks once an hour, so that no process keeps a number of long ago. With ClickHouse down it waits for
 * the next hour.
 */

import { type Rounds, runRounds } from '../../src/platform/sleep.ts';
import { countSilentOffers } from '../../src/reports/alerts/alerts.ts';
import type { WorkerContext } from '../worker-context.ts';

const FIRST_AFTER_MS = 5 * 60_000;
const EVERY_MS = 3_600_000;

export function watchSilentOffers({ clickhouse, metrics, logger }: WorkerContext): Rounds {
  return runRounds(async () => {
    try {
      metrics.offersSilent(await countSilentOffers(clickhouse, Date.now()));
    } catch (error) {
      logger.warn({ error: (error as Error).message }, 'silent offers were not counted');
    }
    return EVERY_MS;
  }, FIRST_AFTER_MS);
}
