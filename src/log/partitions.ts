/**
 * How a log is divided: every key of a log belongs to one partition, whose rows stay in order. Partitions have numbers
 * that are never used again; a layout is a run of them, and the installation's layouts are one record in Redis
 * (layouts.ts). The last layout takes rows. Those before it are emptied, and what is stored under their hash tags is
 * still found there until it has expired. Here is what this process knows of them. Computes only.
 */

export interface Layout {
  /** Its first partition; the others follow. */
  first: number;
  count: number;
  /** Shards of ClickHouse over which its partitions are spread. */
  shards: number;
  /** When its last row was in ClickHouse, in ms; missing while rows wait, and for the last layout. */
  drained_at_ms?: number;
}

export interface Layouts {
  /** Oldest first, one at least; the last one takes rows. */
  layouts: readonly Layout[];
  /** One that takes the place of the last as soon as that is closed. */
  opening?: Layout;
}

/** Partitions of a layout. */
export const PARTITIONS_MAX = 1_024;
/** Layouts that are remembered: each one before the last costs a read where a claim or a message is looked up. */
export const LAYOUTS_MAX = 16;
/** The layout of an installation that never changed it. */
export const FIRST_LAYOUTS: Layouts = { layouts: [{ first: 0, count: 4, shards: 1 }] };

/** What this process knows, and of that the layout that takes rows. */
const here = { known: FIRST_LAYOUTS, current: FIRST_LAYOUTS.layouts[0] as Layout };

/** What this process knows from now on; see followLayouts. */
export function useLayouts(layouts: Layouts): void {
  here.known = layouts;
  here.current = layouts.layouts.at(-1) as Layout;
}

export const knownLayouts = (): Layouts => here.known;
/** The layout that takes rows. */
export const currentLayout = (): Layout => here.current;

/** FNV-1a over UTF-16 units, stable across processes and versions, as a signed integer of 32 bits: a small one in V8. */
export function keyHash(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash ^= key.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash;
}

/** The partition of a key, in the current layout by default. */
export function partitionOf(key: string, { first, count }: Layout = here.current): number {
  return first + ((keyHash(key) >>> 0) % count);
}

/** The same, of what keyHash gave. */
export const partitionOfHash = (hash: number): number =>
  here.current.first + ((hash >>> 0) % here.current.count);

/** The partitions that the key had before it had this one, newest first; of its present one by default. */
export function partitionsBefore(key: string, partition = here.current.first): number[] {
  if (here.known.layouts.length === 1) return [];
  const earlier = here.known.layouts.filter(({ first, count }) => first + count <= partition);
  return earlier.map((layout) => partitionOf(key, layout)).reverse();
}

/** All partitions that the key has had but this one, newest first. */
export function partitionsBesides(key: string, partition: number): number[] {
  if (here.known.layouts.length === 1 && isCurrent(partition)) return [];
  const others = here.known.layouts.filter((layout) => !isIn(partition, layout));
  return others.map((layout) => partitionOf(key, layout)).reverse();
}

/** All partitions that the key has had, its present one first, and the one that it is about to have. */
export function partitionsOf(key: string): [present: number, ...number[]] {
  const { opening } = here.known;
  const next = opening === undefined ? [] : [partitionOf(key, opening)];
  return [partitionOf(key), ...next, ...partitionsBefore(key)];
}

export const partitionsIn = ({ first, count }: Layout): number[] =>
  Array.from({ length: count }, (_, i) => first + i);
/** Those that take rows. */
export const currentPartitions = (): number[] => partitionsIn(here.current);
/** Those of every layout that is remembered, oldest first. */
export const allPartitions = (): number[] => here.known.layouts.flatMap(partitionsIn);

const isIn = (partition: number, { first, count }: Layout): boolean =>
  partition >= first && partition < first + count;
/** Whether the partition takes rows. */
export const isCurrent = (partition: number): boolean => isIn(partition, here.current);
/** The layout of a partition; undefined where that is forgotten, or not known yet. */
export const layoutOf = (partition: number): Layout | undefined =>
  isCurrent(partition) ? here.current : here.known.layouts.find((layout) => isIn(partition, layout));
/** The layout that took the place of a partition's; of a forgotten one the current. Undefined for the current one's. */
export function layoutAfter(partition: number): Layout | undefined {
  const layout = layoutOf(partition);
  return layout === undefined ? here.current : here.known.layouts[here.known.layouts.indexOf(layout) + 1];
}

/** The shard of ClickHouse that holds the rows of a partition, from 0. */
export function shardOf(partition: number): number {
  const { first, shards } = layoutOf(partition) ?? here.current;
  return (partition - first) % shards;
}

/** What one partition may hold if all partitions together may hold `total`: of bytes, or of anything else. */
export const partitionShare = (total: number): number => Math.floor(total / here.current.count);
