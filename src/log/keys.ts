/**
 * The keys of a log in Redis. All keys of a partition share a hash tag, so that one script may touch them together on
 * a Redis Cluster too. Pure.
 */

/** The hash tag that keeps a partition's keys on one cluster node. */
export const partitionTag = (partition: number): string => `{p${partition}}`;

export const streamKey = (log: string, partition: number): string => `${log}:${partitionTag(partition)}`;

/** Hash: the range of the open batch; see batches.ts. */
export const openKey = (log: string, partition: number): string => `${log}:open:${partitionTag(partition)}`;

/** Hash: the decisions of the open batch; see decisions.ts. */
export const decisionKey = (log: string, partition: number): string =>
  `${log}:decision:${partitionTag(partition)}`;

/** Bytes of payload in the partition. */
export const bytesKey = (log: string, partition: number): string => `${log}:bytes:${partitionTag(partition)}`;

/** While this key exists, no new batch is frozen. */
export const pausedKey = (log: string, partition: number): string =>
  `${log}:paused:${partitionTag(partition)}`;

/** Hash of `<minute> <process> <stage>` → rows, until a worker collects it. */
export const countsKey = (log: string, partition: number): string =>
  `${log}:counts:${partitionTag(partition)}`;

/** The last sequence number of a producer. */
export const producerKey = (log: string, partition: number, producer: string): string =>
  `${log}:producer:${partitionTag(partition)}:${producer}`;

/** KEYS[1] and KEYS[2] of a script that includes lua/add-entry.lua. */
export const entryKeys = (log: string, partition: number): [stream: string, bytes: string] => [
  streamKey(log, partition),
  bytesKey(log, partition),
];

/** KEYS[1] of a script that includes lua/only-while-open.lua. */
export const openBatchKey = ({ log, partition }: { log: string; partition: number }): string =>
  openKey(log, partition);
