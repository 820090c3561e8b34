/**
 * How a log is divided: every key of a log belongs to one partition, whose rows stay in order. Every process computes
 * the same partition for a key. Pure.
 */

/** Partitions of every log. Change it only with drained logs, because the hash of a key determines its partition. */
export const PARTITIONS = 4;

/** FNV-1a over UTF-16 units: stable across processes and versions. */
export function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) {
    hash ^= key.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % PARTITIONS;
}

/** Bytes of payload that one partition may hold if all partitions of a log may hold `log_bytes_max` together. */
export const partitionBytesMax = (log_bytes_max: number): number => Math.floor(log_bytes_max / PARTITIONS);
