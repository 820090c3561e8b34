/**
 * Divides an entry whose partition was closed before it was added among the partitions of the layout that followed. Each
 * part keeps the sequence number, under a producer that names the closed partition, so that dividing and sending an entry
 * again adds nothing twice. Pure.
 */
import { type Layout, partitionOf } from './partitions.ts';

interface Divisible {
  partition: number;
  producer: string;
  rows: number;
  payload: string;
}

/** Rows of one partition keep their order. A row without a key is its own: it belongs to no other. */
export function splitEntry<Entry extends Divisible>(
  entry: Entry,
  layout: Layout,
  keyOf: (row: string) => string,
): Entry[] {
  const { producer, partition, payload } = entry;
  // Only counts: they may stay where they are, and are never refused.
  if (entry.rows === 0) return [entry];
  const rows = Map.groupBy(payload.split('\n'), (row) => partitionOf(keyOrRow(row, keyOf), layout));
  return [...rows].map(([to, part]) => ({
    ...entry,
    partition: to,
    producer: `${producer}/${partition}`,
    rows: part.length,
    payload: part.join('\n'),
  }));
}

/** A row that can not be read becomes a dead letter wherever it is. */
function keyOrRow(row: string, keyOf: (row: string) => string): string {
  try {
    return keyOf(row);
  } catch {
    return row;
  }
}
