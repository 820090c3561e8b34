/**
 * What the redirect processes count. Plain numbers on the hot path; Prometheus sees them when it looks.
 */

import { CONVERSION_ERRORS } from '../conversions/receive/conversion-error.ts';
import { Counter, Gauge, type Metric, Registry } from '../platform/metrics.ts';
import type { BatchedReader } from '../platform/record-cache.ts';
import type { Archive } from '../records/archive.ts';
import type { ClickLog } from './click-log.ts';
import type { LinkLookup } from './link-lookup.ts';

/** How a request of the public listener ended. */
export const OUTCOMES = [
  'redirected',
  'interstitial',
  'preview',
  'continued',
  'blocked',
  'fallback',
  'not_found',
  'gone',
  'unavailable',
  'method_not_allowed',
  'aborted',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How a conversion on the public listener ended. */
export const CONVERSION_OUTCOMES = ['accepted', 'duplicate', 'aborted', ...CONVERSION_ERRORS] as const;
export type ConversionOutcome = (typeof CONVERSION_OUTCOMES)[number];

export interface RedirectMetrics {
  registry: Registry;
  conversions: Record<ConversionOutcome, number>;
  outcomes: Record<Outcome, number>;
  /** Redirects whose click could be held nowhere. */
  lost: number;
  /** From the request to its answer. */
  latency: Latency;
}

const LATENCY_BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000];

/** A histogram of milliseconds: two sums a request, where prom-client's own takes half a microsecond. */
export class Latency {
  readonly #counts = LATENCY_BUCKETS_MS.map(() => 0);
  #over = 0;
  #sum_ms = 0;

  observe(ms: number): void {
    this.#sum_ms += ms;
    let bucket = 0;
    while (bucket < LATENCY_BUCKETS_MS.length && ms > (LATENCY_BUCKETS_MS[bucket] as number)) bucket++;
    if (bucket === LATENCY_BUCKETS_MS.length) this.#over++;
    else this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
  }

  /** As prom-client reads a histogram: each bucket counts those below it too. */
  metric(name: string, help: string): object {
    return {
      name,
      get: async () => {
        let below = 0;
        const values = LATENCY_BUCKETS_MS.map((most, i) => {
          below += this.#counts[i] ?? 0;
          return { value: below, labels: { le: most / 1_000 }, metricName: `${name}_bucket` };
        });
        const count = below + this.#over;
        return {
          name,
          help,
          type: 'histogram',
          aggregator: 'sum',
          values: [
            ...values,
            { value: count, labels: { le: '+Inf' }, metricName: `${name}_bucket` },
            { value: this.#sum_ms / 1_000, labels: {}, metricName: `${name}_sum` },
            { value: count, labels: {}, metricName: `${name}_count` },
          ],
        };
      },
    };
  }
}

export function createRedirectMetrics(
  process_name: string,
  lookup: LinkLookup,
  reader: BatchedReader,
  clickLog: ClickLog,
  archive: Archive | undefined,
): RedirectMetrics {
  const registry = new Registry();
  const outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  const conversions = Object.fromEntries(CONVERSION_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    ConversionOutcome,
    number
  >;
  const registers = [registry];

  new Counter({
    name: 'trackly_conversions_received_total',
    help: 'Conversions on the public listener by outcome: accepted, duplicate, or why they were refused.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const outcome of CONVERSION_OUTCOMES) this.inc({ outcome }, conversions[outcome]);
    },
  });
  new Counter({
    name: 'trackly_redirect_requests_total',
    help: 'Requests of the public listener by outcome.',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const outcome of OUTCOMES) this.inc({ outcome }, outcomes[outcome]);
    },
  });
  new Counter({
    name: 'trackly_redirect_process_requests_total',
    help: 'Requests of the public listener by process.',
    labelNames: ['process'],
    registers,
    collect() {
      this.reset();
      this.inc(
        { process: process_name },
        Object.values(outcomes).reduce((sum, count) => sum + count, 0),
      );
    },
  });
  const numbers: [name: string, help: string, value: () => number][] = [
    ['trackly_link_cache_hits_total', 'Link lookups answered from memory.', () => lookup.links.hits],
    ['trackly_link_cache_misses_total', 'Link lookups that went to Redis.', () => lookup.links.misses],
    [
      'trackly_redis_keys_read_total',
      'Records that redirect processes read from Redis.',
      () => reader.keys_read,
    ],
    [
      'trackly_archive_keys_asked_total',
      'Records that Redis did not have, looked up in ClickHouse.',
      () => archive?.asked ?? 0,
    ],
    ['trackly_archive_keys_found_total', 'Of these, records that were there.', () => archive?.found ?? 0],
    ['trackly_clicks_logged_total', 'Clicks that Redis has acknowledged.', () => clickLog.appended],
    ['trackly_click_entries_total', 'Stream entries that carried them.', () => clickLog.entries],
    ['trackly_click_append_retries_total', 'Appends that were sent again.', () => clickLog.retries],
    ['trackly_clicks_spooled_total', 'Clicks that went to the local spool.', () => clickLog.spooled],
    [
      'trackly_clicks_refused_total',
      'Clicks that neither Redis nor the spool could hold.',
      () => clickLog.refused,
    ],
    ['trackly_clicks_lost_total', 'Of these, how many were redirected all the same.', () => metrics.lost],
  ];
  for (const [name, help, value] of numbers) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  }
  const gauges: [name: string, help: string, value: () => number][] = [
    ['trackly_links_cached', 'Links in memory.', () => lookup.links.size],
    ['trackly_clicks_waiting', 'Clicks that wait to be held.', () => clickLog.waiting],
    ['trackly_spool_bytes', 'Bytes on disk that wait for Redis.', () => clickLog.spool_bytes],
    ['trackly_spooling', 'Processes whose clicks go to the spool.', () => (clickLog.trouble ? 1 : 0)],
  ];
  for (const [name, help, value] of gauges) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  }
  const latency = new Latency();
  const seconds = 'Seconds from a request of the public listener to its answer.';
  registry.registerMetric(latency.metric('trackly_redirect_seconds', seconds) as Metric);
  const metrics: RedirectMetrics = { registry, outcomes, conversions, lost: 0, latency };
  return metrics;
}
