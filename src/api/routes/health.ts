/**
 * The health of the installation: backlog, how far reports lag, and under the admin key the click ledger, dead
 * letters and processes. Numbers are read from Redis on each request, the click ledger at most every LEDGER_EVERY_MS.
 */
import { z } from 'zod';
import { AUDIT_LOG } from '../../access/audit/audit-entry.ts';
import { CLICKS_LOG } from '../../clicks/click.ts';
import { readLedger } from '../../clicks/click-ledger.ts';
import { CONVERSIONS_LOG } from '../../conversions/conversion.ts';
import { backlog, oldestWaiting } from '../../log/backlog.ts';
import { countDeadLetters } from '../../log/dead-letters.ts';
import { PARTITIONS } from '../../log/partitions.ts';
import { SENDS_LOG } from '../../messages/send.ts';
import { readPresent } from '../../platform/presence.ts';
import { RECORDS_LOG } from '../../records/record.ts';
import type { Api, ApiContext } from '../http/context.ts';
import { explainErrors } from '../http/explain-errors.ts';

const LOGS = [CLICKS_LOG, SENDS_LOG, CONVERSIONS_LOG, RECORDS_LOG, AUDIT_LOG] as const;
const LEDGER_EVERY_MS = 15_000;
const LEDGER_MS = 2 * 3_600_000;

const health = z.object({
  behind_ms: z.number().describe('Age of the oldest click that is not in the reports yet; 0 if none waits'),
  logs: z.array(
    z.object({ log: z.string(), entries: z.number().describe('Entries that wait for a worker') }),
  ),
  admin: z
    .object({
      dead_letters: z.number(),
      ledger: z.object({
        minutes: z.number(),
        balanced: z.number().describe('Rows (minute and process) in which all stages agree'),
        open: z.number().describe('Rows whose clicks are still being processed'),
        drift_rows: z.number().describe('Must be 0'),
        spooled: z.number().describe('Answered clicks that wait in spools now, of any time'),
        answered: z.number(),
        inserted: z.number(),
      }),
      processes: z.array(z.object({ name: z.string(), seen_ms_ago: z.number() })),
    })
    .nullable()
    .describe('For the admin key only'),
});

export function healthRoutes(app: Api, context: ApiContext): void {
  const { redis, clickhouse } = context;
  let ledger: { at_ms: number; value: Awaited<ReturnType<typeof readLedger>> } | undefined;

  async function recentLedger(): Promise<Awaited<ReturnType<typeof readLedger>>> {
    const now_ms = Date.now();
    if (ledger === undefined || Math.abs(now_ms - ledger.at_ms) > LEDGER_EVERY_MS) {
      ledger = {
        at_ms: now_ms,
        value: await readLedger(clickhouse, redis, now_ms - LEDGER_MS, now_ms, now_ms),
      };
    }
    return ledger.value;
  }

  app.get(
    '/v2/health',
    {
      config: { scope: 'read', either: true },
      schema: { tags: ['operations'], summary: 'Health of the installation', response: { 200: health } },
    },
    (request) =>
      explainErrors(async () => {
        const now_ms = Date.now();
        const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
        const oldest = await Promise.all(
          partitions.map((partition) => oldestWaiting(redis, CLICKS_LOG, partition)),
        );
        const logs = await Promise.all(
          LOGS.map(async (log) => {
            const counts = await Promise.all(partitions.map((partition) => backlog(redis, log, partition)));
            return { log, entries: counts.reduce((sum, count) => sum + count, 0) };
          }),
        );
        const behind_ms = Math.max(0, ...oldest.map((at_ms) => (at_ms === undefined ? 0 : now_ms - at_ms)));
        if (!request.is_admin) return { behind_ms, logs, admin: null };
        const { rows, totals } = await recentLedger();
        return {
          behind_ms,
          logs,
          admin: {
            dead_letters: await countDeadLetters(redis),
            ledger: {
              minutes: LEDGER_MS / 60_000,
              balanced: rows.filter(({ state }) => state === 'balanced').length,
              open: rows.filter(({ state }) => state === 'open').length,
              drift_rows: totals.drift_rows,
              spooled: totals.spooled,
              answered: totals.answered,
              inserted: totals.inserted,
            },
            processes: (await readPresent(redis)).map(({ name, seen_ms_ago }) => ({ name, seen_ms_ago })),
          },
        };
      }),
  );
}
