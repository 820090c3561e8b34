/** What a process knows of the installation now: what it last found of each part, and of the servers. Only types. */
import type { Findings } from './findings.ts';

/** What is known of the installation now. */
export interface Found {
  parts: Partial<Findings>;
  redis_up: boolean;
  /** Why it is not, in a sentence; '' where nobody knows. */
  redis_fault: string;
  clickhouse_up: boolean;
  clickhouse_fault: string;
  /** Of a cluster: how many shards there are, which are away, and what is wrong with each node that is. */
  shards?: { count: number; away: number[]; troubles: string[] };
  records_lost: boolean;
  /** What each log may hold. */
  log_bytes_max: number;
}
