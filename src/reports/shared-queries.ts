/**
 * Lets callers that ask for the same at once share one query, because the reports of one page ask for the same range.
 * Nothing is kept once it has been answered, so a failure is only that of its callers.
 */
import type { ClickHouseClient } from '../clickhouse/client.ts';

/** The query in progress for `key`, or a new one; at most one is in progress for each key. */
export class SharedQueries<T> {
  readonly #running = new WeakMap<ClickHouseClient, Map<string, Promise<T>>>();

  ask(client: ClickHouseClient, key: string, query: () => Promise<T>): Promise<T> {
    const running = this.#running.get(client) ?? new Map<string, Promise<T>>();
    this.#running.set(client, running);
    const known = running.get(key);
    if (known !== undefined) return known;
    const asking = query().finally(() => running.delete(key));
    running.set(key, asking);
    return asking;
  }
}
