/**
 * How far a number of servers carries, by the measured costs: arithmetic, no measurement. An insert costs ClickHouse some time
 * whatever its size, and some for each row; a worker likewise. Both follow from the costs of a click at two rates. Pure.
 */

/** Of a click at a rate, with the partitions of the bench. */
export interface Costs {
  /** Clicks a second. */
  rate: number;
  redis_us: number;
  worker_us: number;
  clickhouse_us: number;
}

export interface Size {
  partitions: number;
  shards: number;
  masters: number;
}

export interface Grown extends Size {
  /** Clicks a second at which the first of them has no more to give. */
  per_s: number;
  first: 'redis' | 'clickhouse' | 'partitions';
}

/** Of the bench, and of the product: a batch begins once in this time in each partition. */
const PARTITIONS_MEASURED = 4;
const BATCHES_PER_S = 1;
const BATCH_ROWS_MAX = 10_000;
/** A partition's batches follow each other; each takes so long at least for a full one, see SCALE.md. */
const FULL_BATCH_S = 0.8;
/** Of a node of ClickHouse, half of them for inserts; Redis has one thread, of which half is left for bursts. */
const CORES = 16;
const HALF = 0.5;
const SIZES: readonly Size[] = [
  { partitions: 4, shards: 1, masters: 1 },
  { partitions: 16, shards: 2, masters: 3 },
  { partitions: 64, shards: 4, masters: 6 },
  { partitions: 128, shards: 8, masters: 12 },
];

/** Cost of a row, and of a batch, so that both rates have the cost that was measured. */
function split(
  low: [rate: number, us: number],
  high: [rate: number, us: number],
): { row: number; batch: number } {
  const rowsOf = (rate: number): number => rate / PARTITIONS_MEASURED / BATCHES_PER_S;
  const [few, many] = [1 / rowsOf(low[0]), 1 / rowsOf(high[0])];
  const batch = Math.max(0, (low[1] - high[1]) / (few - many));
  return { batch, row: Math.max(0, high[1] - batch * many) };
}

/** What each size carries. */
export function grow(costs: readonly Costs[]): Grown[] {
  const [low, high] = [costs[0], costs.at(-1)];
  if (low === undefined || high === undefined) return [];
  const clickhouse = split([low.rate, low.clickhouse_us], [high.rate, high.clickhouse_us]);
  return SIZES.map((size) => {
    const inserted = (per_s: number): number => {
      const rows = Math.min(BATCH_ROWS_MAX, Math.max(1, per_s / size.partitions / BATCHES_PER_S));
      return clickhouse.row + clickhouse.batch / rows;
    };
    const limits: [Grown['first'], (per_s: number) => boolean][] = [
      ['redis', (per_s) => per_s * high.redis_us <= size.masters * HALF * 1e6],
      ['clickhouse', (per_s) => per_s * inserted(per_s) <= size.shards * CORES * HALF * 1e6],
      ['partitions', (per_s) => per_s <= (size.partitions * BATCH_ROWS_MAX) / FULL_BATCH_S],
    ];
    const [first, per_s] = limits
      .map(([name, carries]): [Grown['first'], number] => [name, mostOf(carries)])
      .reduce((least, one) => (one[1] < least[1] ? one : least));
    return { ...size, per_s, first };
  });
}

/** The most that is carried, to a thousand. */
function mostOf(carries: (per_s: number) => boolean): number {
  let [yes, no] = [0, 100_000];
  while (no - yes > 1) {
    const middle = (yes + no) >> 1;
    if (carries(middle * 1_000)) yes = middle;
    else no = middle;
  }
  return yes * 1_000;
}
