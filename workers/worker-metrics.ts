/** The metrics of a worker process. */

import type { Line } from '../src/conversions/line.ts';
import type { Batch } from '../src/log/batches.ts';
import { Counter, Gauge, Histogram, Registry } from '../src/platform/metrics.ts';

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LAG_SECONDS = [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 3_600];
const ROWS = [1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000, 20_000];

export interface WorkerMetrics {
  registry: Registry;
  judged(verdict: 'human' | 'bot'): void;
  inserted(table: string, rows: number, seconds: number): void;
  /** A batch whose oldest click is from `oldest_ms` can be seen in the reports now. */
  visible(oldest_ms: number): void;
  /** A line of the money ledger. */
  booked(line: Line): void;
  deadLettered(rows: number): void;
  failed(batch: Batch | undefined): void;
  offersSilent(count: number): void;
  /** A mail or a chat message of a scheduled report; `failed`: not sent, and not tried again. */
  reportSent(by: 'mail' | 'chat', result: 'sent' | 'refused' | 'failed'): void;
  /** A try to send a message to a webhook. */
  webhookTried(outcome: 'delivered' | 'again' | 'failed' | 'ended'): void;
  /** A message was taken `seconds` after its first event happened. */
  webhookDelivered(seconds: number): void;
  webhookPaused(reason: 'failing' | 'gone' | 'full'): void;
}

export function createWorkerMetrics(): WorkerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const judged = new Counter({
    name: 'trackly_clicks_judged_total',
    help: 'Clicks by verdict; a batch that ran again counts again.',
    labelNames: ['verdict'],
    registers,
  });
  const booked = new Counter({
    name: 'trackly_conversion_lines_total',
    help: 'Lines booked to the money ledger; a batch that ran again counts again.',
    labelNames: ['status', 'reason'],
    registers,
  });
  const rows = new Histogram({
    name: 'trackly_batch_rows',
    help: 'Rows of an inserted batch.',
    labelNames: ['table'],
    buckets: ROWS,
    registers,
  });
  const insert = new Histogram({
    name: 'trackly_insert_seconds',
    help: 'Seconds of one insert into ClickHouse.',
    labelNames: ['table'],
    buckets: SECONDS,
    registers,
  });
  const lag = new Histogram({
    name: 'trackly_click_to_report_seconds',
    help: "Seconds from a batch's oldest click to its rows in the reports.",
    buckets: LAG_SECONDS,
    registers,
  });
  const dead = new Counter({
    name: 'trackly_dead_letters_total',
    help: 'Rows set aside because they could not be processed.',
    registers,
  });
  const failures = new Counter({
    name: 'trackly_batch_failures_total',
    help: 'Batches that failed and are tried again.',
    labelNames: ['log'],
    registers,
  });
  const offers_silent = new Gauge({
    name: 'trackly_offers_silent',
    help: 'Offers of all accounts that used to convert and have gone silent; counted once an hour.',
    registers,
  });
  const reports = new Counter({
    name: 'trackly_report_messages_total',
    help: 'Mails and chat messages of scheduled reports: sent, refused by whom they go to, or failed after all tries.',
    labelNames: ['by', 'result'],
    registers,
  });
  for (const by of ['mail', 'chat'])
    for (const result of ['sent', 'refused', 'failed']) reports.inc({ by, result }, 0);
  const webhook_tries = new Counter({
    name: 'trackly_webhook_tries_total',
    help: 'Tries to send a message to a webhook: delivered, tried again later, failed for good, or ended by 410.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of ['delivered', 'again', 'failed', 'ended']) webhook_tries.inc({ outcome }, 0);
  const webhook_delay = new Histogram({
    name: 'trackly_webhook_delivery_seconds',
    help: 'Seconds from what happened until a webhook has taken it.',
    buckets: LAG_SECONDS,
    registers,
  });
  const webhook_pauses = new Counter({
    name: 'trackly_webhook_pauses_total',
    help: 'Webhooks that were paused by themselves: failing, gone or full.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of ['failing', 'gone', 'full']) webhook_pauses.inc({ reason }, 0);
  return {
    registry,
    webhookTried: (outcome) => webhook_tries.inc({ outcome }),
    webhookDelivered: (seconds) => webhook_delay.observe(seconds),
    webhookPaused: (reason) => webhook_pauses.inc({ reason }),
    judged: (verdict) => judged.inc({ verdict }),
    inserted(table, count, seconds) {
      rows.observe({ table }, count);
      insert.observe({ table }, seconds);
    },
    visible: (oldest_ms) => lag.observe(Math.max(0, Date.now() - oldest_ms) / 1_000),
    booked: ({ status, reason }) => booked.inc({ status, reason: reason.replace(/:.*/, '') }),
    deadLettered: (count) => dead.inc(count),
    failed: (batch) => failures.inc({ log: batch?.log ?? 'unknown' }),
    reportSent: (by, result) => reports.inc({ by, result }),
    offersSilent: (count) => offers_silent.set(count),
  };
}
