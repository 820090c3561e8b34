/**
 * What the redirect processes count. Plain numbers on the hot path; Prometheus sees them when it looks. Each metric is
 * a line of a table: its name, its help, and how it is read.
 */

import { REFUSED_REASONS } from '../clicks/refused-tap.ts';
import { GONE_REASONS, type GoneReason } from '../links/destination.ts';
import { Counter, type CounterConfiguration, Gauge, Registry } from '../platform/metrics.ts';
import type { BatchedReader } from '../platform/record-cache.ts';
import type { Archive } from '../records/archive.ts';
import type { CapGate } from './cap-gate.ts';
import type { ClickLog } from './click-log/click-log.ts';
import type { GuessCounts } from './guesses.ts';
import { Latency } from './latency.ts';
import type { LinkLookup } from './link-lookup.ts';
import {
  CONVERSION_OUTCOMES,
  type ConversionOutcome,
  GONE_ANSWERS,
  type GoneAnswer,
  type RefusedCounts,
  TAP_OUTCOMES,
  type TapOutcome,
} from './outcomes.ts';
import type { TlsCounts } from './tls-listener.ts';

/** What the handlers count. */
export interface RedirectCounts {
  taps: Record<TapOutcome, number>;
  /** Answers to taps on links that no longer lead to their destination. */
  gone: Record<GoneReason, Record<GoneAnswer, number>>;
  /** Taps that named a link and did not reach its destination. */
  refused: RefusedCounts;
  conversions: Record<ConversionOutcome, number>;
  /** See connections.ts. */
  connections: { opened: number; without_request: number };
  /** Redirects whose click could be held nowhere. */
  lost: number;
  /** From the request of a tap to its answer. */
  latency: Latency;
  tls: TlsCounts;
  guesses: GuessCounts;
}

export interface RedirectMetrics extends RedirectCounts {
  registry: Registry;
}

/** Where the other numbers are read. */
export interface RedirectSources {
  lookup: LinkLookup;
  reader: BatchedReader;
  clickLog: ClickLog;
  caps: Pick<CapGate, 'counts'>;
  archive: Archive | undefined;
}

interface Read extends RedirectSources {
  counts: RedirectCounts;
}

type Line = [name: string, help: string, read: (from: Read) => number];

const COUNTERS: Line[] = [
  ['trackly_link_cache_hits_total', 'Link lookups answered from memory.', (from) => from.lookup.links.hits],
  ['trackly_link_cache_misses_total', 'Link lookups that went to Redis.', (from) => from.lookup.links.misses],
  [
    'trackly_redis_keys_read_total',
    'Records that redirect processes read from Redis.',
    (from) => from.reader.keys_read,
  ],
  [
    'trackly_archive_keys_asked_total',
    'Records that Redis did not have, looked up in ClickHouse.',
    (from) => from.archive?.asked ?? 0,
  ],
  [
    'trackly_archive_keys_found_total',
    'Of these, records that were there.',
    (from) => from.archive?.found ?? 0,
  ],
  ['trackly_clicks_logged_total', 'Clicks that Redis has acknowledged.', (from) => from.clickLog.appended],
  ['trackly_click_entries_total', 'Stream entries that carried them.', (from) => from.clickLog.entries],
  ['trackly_click_append_retries_total', 'Appends that were sent again.', (from) => from.clickLog.retries],
  ['trackly_clicks_spooled_total', 'Clicks that went to the local spool.', (from) => from.clickLog.spooled],
  [
    'trackly_clicks_refused_total',
    'Clicks that neither Redis nor the spool could hold.',
    (from) => from.clickLog.refused,
  ],
  [
    'trackly_clicks_lost_total',
    'Of these, how many were redirected all the same.',
    (from) => from.counts.lost,
  ],
  [
    'trackly_connections_total',
    'Connections that the public listener accepted.',
    (from) => from.counts.connections.opened,
  ],
  [
    'trackly_connections_without_request_total',
    'Of these, closed without a request that could be answered: HTTP/1.0, an absolute-form target or headers that are too large (refused with 505 or 431 and counted nowhere else), or the client asked nothing (health checks, connections opened in advance).',
    (from) => from.counts.connections.without_request,
  ],
  [
    'trackly_guessing_addresses_total',
    'Addresses that asked for more unknown ids or secrets than guesses.ts allows in ten minutes; the log names them.',
    (from) => from.counts.guesses.addresses,
  ],
  [
    'trackly_tls_refused_total',
    'TLS handshakes for names without a certificate.',
    (from) => from.counts.tls.refused,
  ],
];

const GAUGES: Line[] = [
  ['trackly_links_cached', 'Links in memory.', (from) => from.lookup.links.size],
  ['trackly_clicks_waiting', 'Clicks that wait to be held.', (from) => from.clickLog.waiting],
  ['trackly_spool_bytes', 'Bytes on disk that wait for Redis.', (from) => from.clickLog.spool_bytes],
  [
    'trackly_spool_limit_bytes',
    'Bytes that the spool may hold (SPOOL_MB).',
    (from) => from.clickLog.spool_bytes_max,
  ],
  ['trackly_tls_connections', 'Open connections over TLS.', (from) => from.counts.tls.connections],
  ['trackly_tls_names', 'Names whose certificates are in memory.', (from) => from.counts.tls.names],
  ['trackly_spooling', 'Processes whose clicks go to the spool.', (from) => (from.clickLog.trouble ? 1 : 0)],
];

type Labels = Record<string, string>;
type LabelledLine = [
  name: string,
  help: string,
  labels: string[],
  read: (from: Read) => [labels: Labels, value: number][],
];

const LABELLED_COUNTERS: LabelledLine[] = [
  [
    'trackly_redirect_requests_total',
    'Requests of the public listener by outcome.',
    ['outcome'],
    ({ counts }) => TAP_OUTCOMES.map((outcome) => [{ outcome }, counts.taps[outcome]]),
  ],
  [
    'trackly_links_gone_total',
    'Taps on links that no longer lead to their destination, by reason (disabled, expired, offer_paused, offer_archived, offer_unknown, offer_capped, account_suspended, taken_down) and by answer: page (outcome gone) or fallback (outcome fallback, which also counts unknown links).',
    ['reason', 'answer'],
    ({ counts }) =>
      GONE_REASONS.flatMap((reason) =>
        GONE_ANSWERS.map((answer): [Labels, number] => [{ reason, answer }, counts.gone[reason][answer]]),
      ),
  ],
  [
    'trackly_refused_taps_total',
    'Taps that named a link and did not reach its destination, by reason (as in report_refused), and whether they are kept: true, or false beyond the bounds (steps/log-refused.ts) and where nothing could hold them.',
    ['reason', 'kept'],
    ({ counts: { refused } }) =>
      REFUSED_REASONS.flatMap((reason): [Labels, number][] => [
        [{ reason, kept: 'true' }, refused[reason].kept],
        [{ reason, kept: 'false' }, refused[reason].left_out],
      ]),
  ],
  [
    'trackly_cap_asks_total',
    'Taps of offers with caps, by what Redis said: admitted, refused, or unasked where it did not answer in time (such a tap is let in unless its cap was seen full).',
    ['answer'],
    ({ caps }) => Object.entries(caps.counts).map(([answer, count]): [Labels, number] => [{ answer }, count]),
  ],
  [
    'trackly_unknown_ids_total',
    'What was asked for and nobody has, by kind: link (a tap on an id that does not open), conversion (an id or a secret in a report).',
    ['kind'],
    ({ counts: { guesses } }) => [
      [{ kind: 'link' }, guesses.link],
      [{ kind: 'conversion' }, guesses.conversion],
    ],
  ],
  [
    'trackly_conversions_received_total',
    'Conversions on the public listener by outcome: accepted, duplicate, or why they were refused.',
    ['outcome'],
    ({ counts }) => CONVERSION_OUTCOMES.map((outcome) => [{ outcome }, counts.conversions[outcome]]),
  ],
];

export function createRedirectMetrics(sources: RedirectSources): RedirectMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counts = noCounts();
  const metrics: RedirectMetrics = { ...counts, registry };
  const from: Read = { ...sources, counts: metrics };
  const counter = (
    options: Pick<CounterConfiguration<string>, 'name' | 'help' | 'labelNames'>,
    read: () => [Labels, number][],
  ): void => {
    new Counter({
      ...options,
      registers,
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  };
  for (const [name, help, labelNames, read] of LABELLED_COUNTERS) {
    counter({ name, help, labelNames }, () => read(from));
  }
  for (const [name, help, read] of COUNTERS) counter({ name, help }, () => [[{}, read(from)]]);
  for (const [name, help, read] of GAUGES) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read(from));
      },
    });
  }
  registry.registerMetric(
    counts.latency.metric(
      'trackly_redirect_seconds',
      'Seconds from a request of the public listener to its answer.',
    ),
  );
  return metrics;
}

/** Each value of each closed list at 0. */
export function noCounts(): RedirectCounts {
  return {
    taps: zeros(TAP_OUTCOMES),
    gone: Object.fromEntries(GONE_REASONS.map((reason) => [reason, zeros(GONE_ANSWERS)])) as Record<
      GoneReason,
      Record<GoneAnswer, number>
    >,
    refused: Object.fromEntries(
      REFUSED_REASONS.map((reason) => [reason, { kept: 0, left_out: 0 }]),
    ) as RefusedCounts,
    conversions: zeros(CONVERSION_OUTCOMES),
    connections: { opened: 0, without_request: 0 },
    lost: 0,
    tls: { refused: 0, connections: 0, names: 0 },
    latency: new Latency(),
    guesses: { link: 0, conversion: 0, addresses: 0 },
  };
}

const zeros = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
