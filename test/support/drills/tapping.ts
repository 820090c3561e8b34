/**
 * People who tap all the while at a small steady rate, on every redirect listener, each on a connection of its own; and the books:
 * every answered click is in ClickHouse exactly once, and nothing that was refused is.
 */
import type { ClickHouseClient } from '../../../src/clickhouse/client.ts';
import { type OpenLoop, startOpenLoop } from '../open-loop.ts';
import { until } from '../until.ts';

export const MESSAGES = 100;
const COUNTED_WITHIN_MS = 120_000;
/** A second copy of a click would come within this time. */
const SETTLES_MS = 3_000;

/** The longest time that a tap waits for its answer. */
const GIVEN_UP_MS = 16_000;

export interface Books {
  answered: number;
  /** Taps that were told to try again (a 5xx): never counted. */
  refused: number;
  /** Taps without any answer: their connection was refused, cut or timed out. Each may be counted or not. */
  unanswered: number;
  /** Rows in ClickHouse. */
  counted: number;
  /** Of `refused` and `unanswered`, why. */
  reasons: Record<string, number>;
}

export class Tapping {
  readonly #link_ids: readonly string[];
  readonly #loops: OpenLoop[] = [];

  constructor(link_ids: readonly string[]) {
    this.#link_ids = link_ids;
  }

  /** Taps at this listener too, from now on. */
  at(redirect_url: string, per_second: number): OpenLoop {
    const loop = startOpenLoop(redirect_url, this.#link_ids, per_second);
    this.#loops.push(loop);
    return loop;
  }

  /** Resolves when every tap has ended one way or the other. */
  async stop(): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.stop()));
  }

  /** Ends it without waiting for answers: a drill has failed. */
  async abandon(): Promise<void> {
    await Promise.race([this.stop(), new Promise((done) => setTimeout(done, GIVEN_UP_MS).unref())]);
  }

  /** As it stands; `counted` is 0. */
  books(): Books {
    const reasons: Record<string, number> = {};
    const failures = this.#loops.flatMap(({ taps }) => taps.failures);
    for (const failure of failures) reasons[failure] = (reasons[failure] ?? 0) + 1;
    const refused = failures.filter((failure) => failure.startsWith('status 5')).length;
    return {
      answered: this.#answered().length,
      refused,
      unanswered: failures.length - refused,
      counted: 0,
      reasons,
    };
  }

  #answered(): string[] {
    return this.#loops.flatMap(({ taps }) => taps.answers.clickIds());
  }

  /** After stop(): waits until every answered click is counted, and throws if one is missing or there are too many. */
  async compare(clickhouse: ClickHouseClient): Promise<Books> {
    const answered = new Set(this.#answered());
    let rows: string[] = [];
    const missing = (): number => {
      const counted = new Set(rows);
      return [...answered].filter((id) => !counted.has(id)).length;
    };
    const read = async (): Promise<void> => {
      const result = await clickhouse.query({
        query: 'SELECT click_id FROM clicks',
        format: 'JSONCompactEachRow',
      });
      rows = (await result.json<[string]>()).map(([id]) => id);
    };
    await until(
      async () => {
        await read().catch(() => {});
        return missing() === 0;
      },
      COUNTED_WITHIN_MS,
      () => `${missing()} of ${answered.size} answered clicks are not counted (${rows.length} rows)`,
    );
    await new Promise((done) => setTimeout(done, SETTLES_MS));
    await read();
    const books = { ...this.books(), counted: rows.length };
    const twice = rows.length - new Set(rows).size;
    if (twice > 0) throw new Error(`${twice} clicks are counted twice`);
    const unknown = rows.filter((id) => !answered.has(id)).length;
    if (unknown > books.unanswered) {
      throw new Error(
        `${unknown} clicks are counted that nobody was answered (${books.unanswered} had no answer)`,
      );
    }
    const odd = Object.keys(books.reasons).filter((reason) => /^status [1-4]/.test(reason));
    if (odd.length > 0) throw new Error(`taps of links that exist were answered with ${odd.join(', ')}`);
    return books;
  }
}
