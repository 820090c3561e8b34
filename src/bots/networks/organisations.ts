/**
 * The names of networks' organisations by number: one text and two sorted columns. A process needs few of the 80,000
 * names, so each is decoded only on request.
 */
import { countUpTo } from './ranges.ts';

/** Numbers in order, where each one's name ends in the text, and the text. */
export type OrganisationColumns = readonly [asns: Uint32Array, ends: Uint32Array, text: Uint8Array];

export class Organisations {
  readonly columns: OrganisationColumns;

  constructor(columns: OrganisationColumns) {
    this.columns = columns;
  }

  static of(names: ReadonlyMap<number, string>): Organisations {
    const sorted = [...names].sort(([a], [b]) => a - b);
    const texts = sorted.map(([, name]) => Buffer.from(name));
    let end = 0;
    const ends = Uint32Array.from(texts, (text) => {
      end += text.length;
      return end;
    });
    return new Organisations([Uint32Array.from(sorted, ([asn]) => asn), ends, Buffer.concat(texts)]);
  }

  /** '' where there is no such network. */
  nameOf(asn: number): string {
    const [asns, ends, text] = this.columns;
    const place = countUpTo(asns, asn) - 1;
    if (asns[place] !== asn) return '';
    return Buffer.from(text.buffer, text.byteOffset, text.length).toString(
      'utf8',
      ends[place - 1] ?? 0,
      ends[place],
    );
  }
}
