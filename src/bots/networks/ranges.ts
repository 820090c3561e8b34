/**
 * Maps ranges of addresses to networks: sorted columns of numbers, 8 MB for the whole internet. A lookup is one
 * binary search. Filled in order, then sealed.
 */

/** Columns of equal length. */
export type Columns = readonly Uint32Array[];

/** How many of the sorted numbers are `value` or less. */
export function countUpTo(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sorted starts, each with the network from there on; a gap is a network 0. */
export class Ranges32 {
  #starts: number[] | Uint32Array = [];
  #asns: number[] | Uint32Array = [];
  #next = 0;

  /** Rebuilds it from the columns of a sealed one. */
  static of([starts, asns]: Columns): Ranges32 {
    const ranges = new Ranges32();
    ranges.#starts = starts ?? [];
    ranges.#asns = asns ?? [];
    return ranges;
  }

  add(start: number, end: number, asn: number): void {
    const starts = this.#starts as number[];
    const asns = this.#asns as number[];
    if (start > this.#next) {
      starts.push(this.#next);
      asns.push(0);
    }
    if (asns.at(-1) !== asn || start > this.#next) {
      starts.push(start);
      asns.push(asn);
    }
    this.#next = end + 1;
  }

  seal(): void {
    (this.#starts as number[]).push(this.#next);
    (this.#asns as number[]).push(0);
    this.#starts = Uint32Array.from(this.#starts);
    this.#asns = Uint32Array.from(this.#asns);
  }

  /** Call only after sealing. */
  get columns(): Columns {
    return [this.#starts, this.#asns] as Uint32Array[];
  }

  find(value: number): number {
    return this.#asns[countUpTo(this.#starts, value) - 1] ?? 0;
  }
}

/** The same over 64 bits in two halves. A range that is shorter than a /64 counts as one. */
export class Ranges64 {
  #highs: number[] | Uint32Array = [];
  #lows: number[] | Uint32Array = [];
  #asns: number[] | Uint32Array = [];

  /** Rebuilds it from the columns of a sealed one. */
  static of([highs, lows, asns]: Columns): Ranges64 {
    const ranges = new Ranges64();
    ranges.#highs = highs ?? [];
    ranges.#lows = lows ?? [];
    ranges.#asns = asns ?? [];
    return ranges;
  }

  add(high: number, low: number, end_high: number, end_low: number, asn: number): void {
    const highs = this.#highs as number[];
    const lows = this.#lows as number[];
    const asns = this.#asns as number[];
    // The entry before this one ends where this one begins: its gap is empty.
    if (highs.at(-1) === high && lows.at(-1) === low) {
      highs.pop();
      lows.pop();
      asns.pop();
    }
    if (asns.at(-1) !== asn) {
      highs.push(high);
      lows.push(low);
      asns.push(asn);
    }
    const after = end_low === 0xffffffff ? [end_high + 1, 0] : [end_high, end_low + 1];
    highs.push(after[0] as number);
    lows.push(after[1] as number);
    asns.push(0);
  }

  seal(): void {
    this.#highs = Uint32Array.from(this.#highs);
    this.#lows = Uint32Array.from(this.#lows);
    this.#asns = Uint32Array.from(this.#asns);
  }

  /** Call only after sealing. */
  get columns(): Columns {
    return [this.#highs, this.#lows, this.#asns] as Uint32Array[];
  }

  find(high: number, low: number): number {
    const highs = this.#highs;
    const lows = this.#lows;
    let from = 0;
    let to = highs.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const at = highs[middle] as number;
      if (at < high || (at === high && (lows[middle] as number) <= low)) from = middle + 1;
      else to = middle;
    }
    return this.#asns[from - 1] ?? 0;
  }
}
