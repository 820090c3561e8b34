/**
 * Divides a fixed number of places between owners, so that none can take what all share. An owner may take another
 * place while it holds fewer than twice those that are still free ("dynamic thresholds", with α = 2: Choudhury and
 * Hahne, Dynamic Queue Length Thresholds, IEEE/ACM Transactions on Networking 6(2), 1998). One owner alone gets two
 * thirds, and whoever comes later still finds room: of 500 places, six owners that take all they get have to come before
 * a seventh finds none. Pure but for its counts; bounded by the number of places.
 */

export interface ShareLimits {
  /** For all owners together. */
  places: number;
  /** For one owner. */
  each_max: number;
  /** For one part of an owner. */
  part_max: number;
}

/** An owner may hold fewer than this many times what is free. */
const HELD_PER_FREE = 2;

export class Shares {
  readonly #limits: ShareLimits;
  /** Of owners, and of parts under `owner\npart`. */
  readonly #held = new Map<string, number>();
  #held_total = 0;

  constructor(limits: ShareLimits) {
    this.#limits = limits;
  }

  /** Takes a place; the function that it returns gives it back (safe to call again). Undefined if there is none. */
  take(owner: string, part = ''): (() => void) | undefined {
    if (this.left(owner, part) === 0) return undefined;
    this.#count(owner, part, 1);
    let held = true;
    return () => {
      if (held) this.#count(owner, part, -1);
      held = false;
    };
  }

  /** Places that this part of the owner could take now, one after the other. */
  left(owner: string, part = ''): number {
    const { places, each_max, part_max } = this.#limits;
    const held = this.held(owner);
    const free = places - this.#held_total;
    // The n-th further place needs held + n - 1 < HELD_PER_FREE × (free - n + 1).
    const fair = Math.ceil((HELD_PER_FREE * free - held) / (HELD_PER_FREE + 1));
    const of_part = part_max - (this.#held.get(partKey(owner, part)) ?? 0);
    return Math.max(0, Math.min(each_max - held, of_part, fair));
  }

  held(owner: string): number {
    return this.#held.get(owner) ?? 0;
  }

  #count(owner: string, part: string, change: 1 | -1): void {
    this.#held_total += change;
    for (const key of [owner, partKey(owner, part)]) {
      const held = (this.#held.get(key) ?? 0) + change;
      if (held === 0) this.#held.delete(key);
      else this.#held.set(key, held);
    }
  }
}

const partKey = (owner: string, part: string): string => `${owner}\n${part}`;
