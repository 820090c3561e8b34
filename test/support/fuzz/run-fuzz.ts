/**
 * Attacks on a listener, many connections at once, with a good tap after every GOOD_EVERY of them. Attack
 * number `n` of a seed is always the same bytes.
 */
import { PHONE } from '../phones.ts';
import { type Attack, type AttackMaker, attack, request, type Targets } from './attack.ts';
import { bodies } from './bodies.ts';
import { connections } from './connections.ts';
import { Dice } from './dice.ts';
import { headers } from './headers.ts';
import { requestLines } from './request-lines.ts';
import { type Reply, send } from './wire.ts';

const MAKERS: AttackMaker[] = [...requestLines, ...headers, ...bodies, ...connections];
const GOOD_EVERY = 16;
const AT_ONCE = 128;
/** Connections that nobody closes but the server. */
const HELD_MAX = 64;
/** Linux has all of 127.0.0.0/8: with more than one address to come from, a long run does not run out of ports. */
const ADDRESSES = process.platform === 'linux' ? 250 : 0;

export interface Odd {
  n: number;
  kind: string;
  statuses: number[];
  sent: string;
}

export class Fuzz {
  attacks = 0;
  /** Good requests that were sent, as phones send them or a byte at a time. */
  good = 0;
  /** How long the good taps took, in ms; those sent slowly are not among them. */
  readonly good_ms: number[] = [];
  /** Good requests that were not redirected. */
  readonly failed: Odd[] = [];
  /** Attacks that were answered by a 5xx other than 505; see `refused`. */
  readonly server_errors: Odd[] = [];
  /** 505, by which uWebSockets.js refuses whatever is no first line of HTTP/1.1. */
  refused = 0;
  /** Every address that anyone was sent on to. */
  readonly locations: string[] = [];
  /** Kind of attack, then what came back, and how often. */
  readonly tally = new Map<string, Map<string, number>>();
  readonly #seed: number;
  readonly #port: number;
  readonly #targets: Targets;
  #next = 0;
  #hold = true;
  #held = new Set<Promise<void>>();

  constructor(seed: number, redirect_url: string, targets: Targets) {
    this.#seed = seed;
    this.#port = Number(new URL(redirect_url).port);
    this.#targets = targets;
  }

  attackOf(n: number): Attack {
    const dice = new Dice(this.#seed * 1_000_003 + n);
    return dice.pick(MAKERS)(dice, this.#targets);
  }

  /** `attacks` more; resolves when all but the held connections are through. Without `hold` none is. */
  async run(attacks: number, hold: boolean): Promise<void> {
    const last = this.#next + attacks;
    this.#hold = hold;
    const client = async (): Promise<void> => {
      while (this.#next < last) {
        const n = this.#next++;
        await this.#attack(n);
        if (n % GOOD_EVERY === 0) await this.#tap(n);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
  }

  /** Resolves when the server has closed what was held. */
  async released(): Promise<void> {
    await Promise.all(this.#held);
  }

  async #attack(n: number): Promise<void> {
    const made = this.attackOf(n);
    const held = made.end === 'hold' && this.#hold && this.#held.size < HELD_MAX;
    const sending = send(
      this.#port,
      addressOf(n),
      made.end === 'hold' && !held ? { ...made, end: 'rst' } : made,
    );
    const noted = sending.then((reply) => this.#note(n, made, reply));
    this.attacks++;
    if (!held) return noted;
    this.#held.add(noted);
    void noted.then(() => this.#held.delete(noted));
  }

  /** As a recipient's phone does it, on a fresh connection. */
  async #tap(n: number): Promise<void> {
    const link_id = this.#targets.links[n % this.#targets.links.length];
    const lines = ['Accept: text/html', 'Accept-Language: en', `User-Agent: ${PHONE}`];
    const made = attack('tap', request(`/${link_id}`, lines), { good: true });
    const reply = await send(this.#port, addressOf(n + 1), made);
    this.good_ms.push(reply.took_ms);
    this.#note(n, made, reply);
  }

  #note(n: number, made: Attack, { statuses, locations, end }: Reply): void {
    for (const location of locations) this.locations.push(location);
    const came_back = statuses.length === 0 ? end : [...new Set(statuses)].join(' ');
    const of_kind = this.tally.get(made.kind) ?? new Map<string, number>();
    this.tally.set(made.kind, of_kind.set(came_back, (of_kind.get(came_back) ?? 0) + 1));
    const odd: Odd = { n, kind: made.kind, statuses, sent: made.parts.join('').slice(0, 300) };
    if (made.good) {
      this.good++;
      if (statuses.length !== 1 || statuses[0] !== 302) this.failed.push(odd);
    }
    this.refused += statuses.filter((status) => status === 505).length;
    if (statuses.some((status) => status >= 500 && status !== 505)) this.server_errors.push(odd);
  }
}

const addressOf = (n: number): string | undefined =>
  ADDRESSES === 0 ? undefined : `127.0.1.${1 + (n % ADDRESSES)}`;
