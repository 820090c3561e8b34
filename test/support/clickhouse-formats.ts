/** What drivers do with the bytes of an answer, written anew for the tests: Native of a revision, compressed blocks. */

/** Columns of the blocks, by name. Knows the types of the answers in the tests. Throws at what is not in order. */
export function readNative(bytes: Buffer, revision: number): Record<string, unknown[]> {
  const columns: Record<string, unknown[]> = {};
  const reader = new NativeReader(bytes);
  while (!reader.ended) {
    if (revision > 0) reader.blockInfo();
    const [count, rows] = [reader.varint(), reader.varint()];
    for (let i = 0; i < count; i++) {
      const name = reader.text();
      const type = reader.text();
      if (revision >= 54_454 && reader.byte() !== 0)
        throw new Error(`${name} has a serialization of its own`);
      // Of a LowCardinality, also within an array.
      if (rows > 0 && type.includes('LowCardinality')) reader.skip(8);
      columns[name] = [...(columns[name] ?? []), ...reader.values(type, rows)];
    }
  }
  return columns;
}

/** Values of a fixed size: of which types, how many bytes, and how they are read. */
const FIXED: [type: RegExp, size: number, read: (bytes: Buffer, from: number) => unknown][] = [
  [/^Int8$/, 1, (bytes, from) => bytes.readInt8(from)],
  [/^Int32$/, 4, (bytes, from) => bytes.readInt32LE(from)],
  [/^UInt8$/, 1, (bytes, from) => bytes[from]],
  [/^(UInt16|Date)$/, 2, (bytes, from) => bytes.readUInt16LE(from)],
  [/^(UInt32|DateTime(\('UTC'\))?)$/, 4, (bytes, from) => bytes.readUInt32LE(from)],
  [/^Float64$/, 8, (bytes, from) => bytes.readDoubleLE(from)],
  [/^(Int64$|DateTime64)/, 8, (bytes, from) => Number(bytes.readBigInt64LE(from))],
  [/^UInt64$/, 8, (bytes, from) => Number(bytes.readBigUInt64LE(from))],
  [/^(Decimal\(38|IPv6$)/, 16, (bytes, from) => bytes.subarray(from, from + 16)],
];

class NativeReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new Error('the answer ends too early');
    return value;
  }

  skip(count: number): void {
    this.#at += count;
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const one = this.byte();
      value |= (one & 127) << shift;
      if (one < 128) return value;
    }
  }

  text(): string {
    const length = this.varint();
    this.skip(length);
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  blockInfo(): void {
    const info = [this.varint(), this.byte(), this.varint(), this.#bytes.readInt32LE(this.#at)];
    this.skip(4);
    info.push(this.varint());
    if (info.join() !== '1,0,2,-1,0') throw new Error(`the block's info is ${info}`);
  }

  values(type: string, rows: number): unknown[] {
    const [, outer = type, inner = ''] = /^(Array|Nullable|LowCardinality|Map)\((.*)\)$/.exec(type) ?? [];
    switch (outer) {
      case 'String':
        return Array.from({ length: rows }, () => this.text());
      case 'Nullable':
        return this.#nullable(inner, rows);
      case 'Array':
        return this.#arrays(inner, rows);
      case 'LowCardinality':
        return this.#lowCardinality(inner, rows);
      case 'Map':
        return this.#maps(inner, rows);
      default:
        return this.#fixed(type, rows);
    }
  }

  #fixed(type: string, rows: number): unknown[] {
    const [, size, read] = FIXED.find(([one]) => one.test(type)) ?? [];
    if (size === undefined || read === undefined) throw new Error(`the test can't read ${type}`);
    return this.#numbers(rows, size, (from) => read(this.#bytes, from));
  }

  #numbers<T>(rows: number, size: number, read: (from: number) => T): T[] {
    return Array.from({ length: rows }, () => {
      this.skip(size);
      return read(this.#at - size);
    });
  }

  #counts(rows: number): number[] {
    return this.#numbers(rows, 8, (from) => Number(this.#bytes.readBigUInt64LE(from)));
  }

  #nullable(inner: string, rows: number): unknown[] {
    const nulls = this.#numbers(rows, 1, (from) => this.#bytes[from] === 1);
    return this.values(inner, rows).map((value, i) => (nulls[i] ? null : value));
  }

  #arrays(inner: string, rows: number): unknown[][] {
    const ends = this.#counts(rows);
    const all = this.values(inner, ends.at(-1) ?? 0);
    return ends.map((end, i) => all.slice(ends[i - 1] ?? 0, end));
  }

  #maps(inner: string, rows: number): object[] {
    const [key = '', value = ''] = inner.split(/, (.*)/);
    const ends = this.#counts(rows);
    const [keys, all] = [this.values(key, ends.at(-1) ?? 0), this.values(value, ends.at(-1) ?? 0)];
    return ends.map((end, i) => {
      const from = ends[i - 1] ?? 0;
      return Object.fromEntries(keys.slice(from, end).map((one, n) => [one, all[from + n]]));
    });
  }

  #lowCardinality(inner: string, rows: number): unknown[] {
    if (rows === 0) return [];
    const [head, size] = this.#counts(2) as [number, number];
    const dictionary = this.values(/^(?:Nullable\()?(\w+)/.exec(inner)?.[1] ?? '', size);
    this.skip(8);
    const width = 2 ** (head & 3);
    return this.#numbers(rows, width, (from) => dictionary[this.#bytes.readUIntLE(from, width)]);
  }
}

/** The bytes in ClickHouse's compressed blocks; their checksums are left to drivers. */
export function readCompressed(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 17);
    const block = bytes.subarray(at + 16, at + 16 + length);
    if (block[0] !== 0x82) throw new Error(`the method is ${block[0]}`);
    const part = unpackLz4(block.subarray(9));
    if (part.length !== block.readUInt32LE(5)) throw new Error('the length is wrong');
    parts.push(part);
    at += 16 + length;
  }
  return Buffer.concat(parts);
}

function unpackLz4(bytes: Buffer): Buffer {
  const out: number[] = [];
  let at = 0;
  const more = (four_bits: number): number => {
    let length = four_bits;
    if (four_bits === 15) {
      let one: number;
      do {
        one = bytes[at++] ?? 0;
        length += one;
      } while (one === 255);
    }
    return length;
  };
  while (at < bytes.length) {
    const token = bytes[at++] ?? 0;
    for (let literals = more(token >> 4); literals > 0; literals--) out.push(bytes[at++] ?? 0);
    if (at >= bytes.length) break;
    const back = bytes.readUInt16LE(at);
    at += 2;
    for (let match = more(token & 15) + 4; match > 0; match--) out.push(out[out.length - back] ?? 0);
  }
  return Buffer.from(out);
}
