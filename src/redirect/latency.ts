/**
 * How long taps take: a histogram of milliseconds on the hot path. An observation is two sums, where prom-client's own
 * histogram takes half a microsecond.
 */
import type { Metric } from '../platform/metrics.ts';

const LATENCY_BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000];

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
  metric(name: string, help: string): Metric {
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
    } as unknown as Metric;
  }
}
