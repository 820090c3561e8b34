/**
 * Operators whom this process has lately found to be such, so that the health of the installation can be read while Redis
 * is away and nobody's key can be looked up. Only for routes that read it: see `without_redis` in api/http/authenticate.ts.
 * A right that changes is forgotten at once; while Redis is away none can change.
 */
import type { ChangeListener } from '../platform/change-log.ts';
import { hashKey } from './api-key.ts';
import type { Right } from './right.ts';

export const REMEMBERED_MS = 60 * 60_000;
const REMEMBERED_MAX = 100;

export class RememberedOperators implements ChangeListener {
  /** By the hash of the key, or of the session's token. */
  readonly #known = new Map<string, { right: Right; at_ms: number }>();

  /** `credential` was just found to be an operator's. */
  note(credential: string, right: Right, now_ms: number): void {
    const hash = hashKey(credential);
    this.#known.delete(hash);
    if (this.#known.size >= REMEMBERED_MAX) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(hash, { right, at_ms: now_ms });
  }

  /** What `credential` gave within REMEMBERED_MS; undefined where that is not known, or has ended. */
  recall(credential: string, now_ms: number): Right | undefined {
    const known = this.#known.get(hashKey(credential));
    if (known === undefined || now_ms - known.at_ms > REMEMBERED_MS) return undefined;
    return (known.right.ends_at_ms ?? Number.POSITIVE_INFINITY) > now_ms ? known.right : undefined;
  }

  changed(record: string): void {
    for (const [hash, { right }] of this.#known) {
      if (right.records.includes(record)) this.#known.delete(hash);
    }
  }

  missed(): void {
    this.#known.clear();
  }
}
