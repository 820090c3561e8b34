/** What drivers do with the bytes of an answer, written anew for the tests: Native of a revision, compressed blocks. */

/** Columns of the blocks, by name. Knows the types of the answers in the tests. Throws at what is not in order. */
export function readNative(bytes: Buffer, revision: number): Record<string, unknown[]> {
  const columns: Record<string, unknown[]> = {};
  let at = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw new Error('the answer ends too early');
    return value;
  };
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const one = byte();
      value |= (one & 127) << shift;
      if (one < 128) return value;
    }
  };
  const text = (): string => {
    const length = varint();
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  const numbers = (rows: number, size: number, read: (from: number) => unknown): unknown[] =>
    Array.from({ length: rows }, () => {
      at += size;
      return read(at - size);
    });
  const values = (type: string, rows: number): unknown[] => {
    const inner = /^(?:Array|Nullable)\((.*)\)$/.exec(type)?.[1] ?? '';
    if (type.startsWith('Nullable')) {
      const nulls = numbers(rows, 1, (from) => bytes[from] === 1);
      return values(inner, rows).map((value, i) => (nulls[i] ? null : value));
    }
    if (type.startsWith('Array')) {
      const ends = numbers(rows, 8, (from) => Number(bytes.readBigUInt64LE(from))) as number[];
      const all = values(inner, ends.at(-1) ?? 0);
      return ends.map((end, i) => all.slice(ends[i - 1] ?? 0, end));
    }
    if (type.startsWith('LowCardinality')) {
      if (rows === 0) return [];
      const [head, size] = numbers(2, 8, (from) => Number(bytes.readBigUInt64LE(from))) as [number, number];
      const dictionary = values(/\((?:Nullable\()?(\w+)/.exec(type)?.[1] ?? '', size);
      at += 8;
      const width = 2 ** (head & 3);
      return numbers(rows, width, (from) => dictionary[bytes.readUIntLE(from, width)]);
    }
    if (type === 'String') return Array.from({ length: rows }, text);
    if (type === 'Int8') return numbers(rows, 1, (from) => bytes.readInt8(from));
    if (type === 'Int32') return numbers(rows, 4, (from) => bytes.readInt32LE(from));
    const [, key, value] = /^Map\((.*), (.*)\)$/.exec(type) ?? [];
    if (key !== undefined && value !== undefined) {
      const ends = numbers(rows, 8, (from) => Number(bytes.readBigUInt64LE(from))) as number[];
      const [keys, all] = [values(key, ends.at(-1) ?? 0), values(value, ends.at(-1) ?? 0)];
      return ends.map((end, i) => {
        const from = ends[i - 1] ?? 0;
        return Object.fromEntries(keys.slice(from, end).map((one, n) => [one, all[from + n]]));
      });
    }
    if (type === 'UInt8') return numbers(rows, 1, (from) => bytes[from]);
    if (type === 'UInt16' || type === 'Date') return numbers(rows, 2, (from) => bytes.readUInt16LE(from));
    if (type === 'UInt32' || /^DateTime(\('UTC'\))?$/.test(type))
      return numbers(rows, 4, (from) => bytes.readUInt32LE(from));
    if (type === 'Float64') return numbers(rows, 8, (from) => bytes.readDoubleLE(from));
    if (type === 'Int64' || type.startsWith('DateTime64'))
      return numbers(rows, 8, (from) => Number(bytes.readBigInt64LE(from)));
    if (type === 'UInt64') return numbers(rows, 8, (from) => Number(bytes.readBigUInt64LE(from)));
    if (type.startsWith('Decimal(38') || type === 'IPv6')
      return numbers(rows, 16, (from) => bytes.subarray(from, from + 16));
    throw new Error(`the test can't read ${type}`);
  };
  while (at < bytes.length) {
    if (revision > 0) {
      const info = [varint(), byte(), varint(), bytes.readInt32LE(at)];
      at += 4;
      info.push(varint());
      if (info.join() !== '1,0,2,-1,0') throw new Error(`the block's info is ${info}`);
    }
    const [count, rows] = [varint(), varint()];
    for (let i = 0; i < count; i++) {
      const name = text();
      const type = text();
      if (revision >= 54_454 && byte() !== 0) throw new Error(`${name} has a serialization of its own`);
      // Of a LowCardinality, also within an array.
      if (rows > 0 && type.includes('LowCardinality')) at += 8;
      columns[name] = [...(columns[name] ?? []), ...values(type, rows)];
    }
  }
  return columns;
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
