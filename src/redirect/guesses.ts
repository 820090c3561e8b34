/**
 * Counts ids and secrets that an address asked for and nobody has, to answer 429 beyond a bound instead of 404, and to
 * name the address in the log. Called only where nothing was found: a link that exists never comes here and opens for
 * everybody behind the address. Each process counts in memory and tells Redis once a second, which adds the processes
 * up. With Redis down the process's own count stays.
 */
import { parseAddress } from '../bots/networks/address.ts';
import type { Logger } from '../platform/logger.ts';
import { type Command, type RedisClient, runAll } from '../platform/redis.ts';

/**
 * Unknown ids that an address may ask for in a window. More than a person mistypes; one carrier's address may have
 * more, and then its people get another page for links that do not exist. See src/guides/abuse.md for what it hinders.
 */
export const UNKNOWN_MAX = 100;
export const WINDOW_MS = 10 * 60_000;
/** Addresses in memory, about 150 bytes each; beyond, the one that was quiet for longest is forgotten. */
const ADDRESSES_MAX = 20_000;
const TELL_EVERY_MS = 1_000;
/** Addresses that Redis is told of at once; the others wait for their next unknown id. */
const TOLD_MAX = 1_000;
/** Addresses that one process names in a window; beyond, they are only counted. */
const NAMED_MAX = 50;

const keyOf = (window: number, network: string): string => `guesses:${window}:${network}`;

/** What was asked for: a link, or something in a report of a conversion (an id, or a secret). */
export type GuessKind = 'link' | 'conversion';

export interface GuessCounts {
  link: number;
  conversion: number;
  /** Addresses that went beyond the bound, each counted by one process in a window. */
  addresses: number;
}

/** What one address asked this process for in this window. */
interface Asked {
  link: number;
  conversion: number;
  /** Not yet told to Redis. */
  untold: number;
  /** What the other processes have told Redis. */
  elsewhere: number;
  named: boolean;
}

export class Guesses {
  readonly #redis: RedisClient;
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #counts: GuessCounts;
  readonly #timer = setInterval(() => void this.tell(), TELL_EVERY_MS);
  /** Number of the window, since 1970. */
  #window = 0;
  /** By network; the first one was quiet for longest. */
  #asked = new Map<string, Asked>();
  #untold = new Map<string, Asked>();
  #named = 0;

  constructor(redis: RedisClient, logger: Pick<Logger, 'warn'>, counts: GuessCounts) {
    this.#redis = redis;
    this.#logger = logger;
    this.#counts = counts;
  }

  /**
   * Counts one more that was not found. Returns the seconds after which the address may ask again; 0: it is within the
   * bound.
   */
  count(address: string, kind: GuessKind): number {
    const now_ms = Date.now();
    this.#begin(Math.floor(now_ms / WINDOW_MS));
    this.#counts[kind]++;
    const network = networkOf(address);
    const asked = this.#asked.get(network) ?? {
      link: 0,
      conversion: 0,
      untold: 0,
      elsewhere: 0,
      named: false,
    };
    asked[kind]++;
    asked.untold++;
    this.#keep(network, asked);
    if (this.#untold.size < TOLD_MAX) this.#untold.set(network, asked);
    return sumOf(asked) > UNKNOWN_MAX ? Math.ceil(((this.#window + 1) * WINDOW_MS - now_ms) / 1_000) : 0;
  }

  /** Tells Redis what was counted and learns what other processes have; names who is beyond the bound. Never rejects. */
  async tell(): Promise<void> {
    const window = this.#window;
    const telling = [...this.#untold].map(([network, asked]) => ({ network, asked, count: asked.untold }));
    this.#untold = new Map();
    const sums = await this.#addUp(window, telling).catch(() => undefined);
    for (const [i, { network, asked, count }] of telling.entries()) {
      const sum = sums?.[i];
      if (sum === undefined) {
        if (sumOf(asked) > UNKNOWN_MAX) this.#name(network, asked);
        continue;
      }
      asked.untold -= count;
      asked.elsewhere = sum - (asked.link + asked.conversion - asked.untold);
      // The process whose count crossed the bound names it, for all of them.
      if (sum > UNKNOWN_MAX && sum - count <= UNKNOWN_MAX) this.#name(network, asked);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.tell();
  }

  /** The sums of all processes, in order. */
  async #addUp(window: number, telling: readonly { network: string; count: number }[]): Promise<number[]> {
    const replies = await runAll(
      this.#redis,
      telling.flatMap(({ network, count }): Command[] => [
        ['INCRBY', keyOf(window, network), count],
        ['EXPIRE', keyOf(window, network), WINDOW_MS / 1_000],
      ]),
    );
    return telling.map((_, i) => Number(replies[2 * i]));
  }

  #begin(window: number): void {
    if (window === this.#window) return;
    this.#window = window;
    this.#asked = new Map();
    this.#untold = new Map();
    this.#named = 0;
  }

  /** As the one that asked last. */
  #keep(network: string, asked: Asked): void {
    this.#asked.delete(network);
    this.#asked.set(network, asked);
    if (this.#asked.size <= ADDRESSES_MAX) return;
    for (const quiet of this.#asked.keys()) {
      this.#asked.delete(quiet);
      break;
    }
  }

  #name(network: string, asked: Asked): void {
    if (asked.named) return;
    asked.named = true;
    this.#counts.addresses++;
    if (++this.#named > NAMED_MAX) return;
    this.#logger.warn(
      { address: network, unknown_links: asked.link, unknown_in_reports: asked.conversion },
      `an address asked for more than ${UNKNOWN_MAX} ids or secrets that nobody has, within ${WINDOW_MS / 60_000} minutes: it may be guessing links. It gets 429 for what does not exist; see "Guessing" in deploy/RUNBOOK.md`,
    );
  }
}

const sumOf = ({ link, conversion, elsewhere }: Asked): number => link + conversion + elsewhere;

/** A v4 address, or the /64 of a v6 one, whose other 64 bits its holder chooses. */
export function networkOf(address: string): string {
  const parsed = address.includes(':') ? parseAddress(address) : undefined;
  if (parsed === undefined || !('high' in parsed)) return address;
  const groups = [parsed.high >>> 16, parsed.high & 0xffff, parsed.low >>> 16, parsed.low & 0xffff];
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}
