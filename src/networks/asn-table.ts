/**
 * Which network an address belongs to: its autonomous system number and the organisation that runs it, from
 * the npm package @ip-location-db/asn (RouteViews and DB-IP, CC BY 4.0). Read once, in about 150 ms, into
 * sorted arrays of 8 MB; a lookup is one binary search. Updating the package updates the data.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Address, parseAddress } from './address.ts';

const PACKAGE = '@ip-location-db/asn';
const COMMA = 44;
const LINE_END = 10;
const QUOTE = 34;

export interface AsnTable {
  /** Version of the data, for what is judged by it. */
  version: string;
  /** The number of the network, 0 where it is in none. */
  asnOf(address: Address): number;
  /** Its organisation, '' where there is no such network. */
  organisationOf(asn: number): string;
}

/** Throws where the package is not installed. */
export function readAsnTable(): AsnTable {
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  const organisations = new Map<number, string>();
  const v4 = new Ranges32();
  const csv4 = readFileSync(join(folder, 'asn-ipv4-num.csv'));
  readRows(csv4, organisations, (first, second, third, asn) =>
    v4.add(numberIn(csv4, first, second), numberIn(csv4, second + 1, third), asn),
  );
  const v6 = new Ranges64();
  const csv6 = readFileSync(join(folder, 'asn-ipv6.csv'));
  readRows(csv6, organisations, (first, second, third, asn) => {
    const start = parseAddress(csv6.toString('latin1', first, second));
    const end = parseAddress(csv6.toString('latin1', second + 1, third));
    if (start !== undefined && end !== undefined && 'high' in start && 'high' in end) {
      v6.add(start.high, start.low, end.high, end.low, asn);
    }
  });
  v4.seal();
  v6.seal();
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return {
    version,
    asnOf: (address) => ('v4' in address ? v4.find(address.v4) : v6.find(address.high, address.low)),
    organisationOf: (asn) => organisations.get(asn) ?? '',
  };
}

/** Where a line's start begins, and the commas after its start and its end. */
type Take = (first: number, second: number, third: number, asn: number) => void;

/** `start,end,asn,organisation` a line, in order of start. Bytes, not strings: there are half a million lines. */
function readRows(csv: Buffer, organisations: Map<number, string>, take: Take): void {
  const next = (byte: number, from: number): number => {
    let i = from;
    while (i < csv.length && csv[i] !== byte) i++;
    return i;
  };
  for (let from = 0; from < csv.length; ) {
    const second = next(COMMA, from);
    const third = next(COMMA, second + 1);
    const fourth = next(COMMA, third + 1);
    const to = next(LINE_END, fourth);
    const asn = numberIn(csv, third + 1, fourth);
    take(from, second, third, asn);
    if (!organisations.has(asn)) {
      const quoted = csv[fourth + 1] === QUOTE;
      const name = csv.toString('utf8', fourth + (quoted ? 2 : 1), to - (quoted ? 1 : 0)).trimEnd();
      organisations.set(asn, quoted ? name.replaceAll('""', '"') : name);
    }
    from = to + 1;
  }
}

function numberIn(csv: Buffer, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + (csv[i] as number) - 48;
  return value;
}

/** Sorted starts, each with the network from there on; a gap is a network 0. */
class Ranges32 {
  #starts: number[] | Uint32Array = [];
  #asns: number[] | Uint32Array = [];
  #next = 0;

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

  find(value: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((starts[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return this.#asns[low - 1] ?? 0;
  }
}

/** The same over 64 bits in two halves. A range that is shorter than a /64 counts as one. */
class Ranges64 {
  #highs: number[] | Uint32Array = [];
  #lows: number[] | Uint32Array = [];
  #asns: number[] | Uint32Array = [];

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
