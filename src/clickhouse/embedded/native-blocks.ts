/**
 * The format Native as a server writes it for clients that name their protocol (`client_protocol_version`), such as
 * Grafana's plug-in: each block begins with its info, and each column says that its serialization is the usual one.
 * The engine has no such client and leaves both out, so they are put in here. Pure.
 */
import { HttpError } from './http-error.ts';

/** From this revision on columns say how they are serialized. */
const CUSTOM_SERIALIZATION_REVISION = 54_454;
/** Field 1: it is no overflow; field 2: it is of no bucket (-1); 0: end. */
const BLOCK_INFO = Buffer.of(1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0);
const USUAL = Buffer.of(0);

/** In the head of a LowCardinality: which integers its indexes are, and that its dictionary follows. */
const INDEX_BYTES = [1, 2, 4, 8];
const DICTIONARY_FOLLOWS = 1 << 9;

const BYTES: Record<string, number> = {
  ...sized(1, 'UInt8 Int8 Bool Enum8 Nothing'),
  ...sized(2, 'UInt16 Int16 Enum16 Date BFloat16'),
  ...sized(4, 'UInt32 Int32 Float32 Date32 DateTime IPv4 Time'),
  ...sized(8, 'UInt64 Int64 Float64 DateTime64 Time64'),
  ...sized(16, 'UInt128 Int128 UUID IPv6'),
  ...sized(32, 'UInt256 Int256'),
};

function sized(bytes: number, types: string): Record<string, number> {
  return Object.fromEntries(types.split(' ').map((type) => [type, bytes]));
}

/** Bytes of Native without a revision, as those of `revision` (above 0). Throws HttpError at a type it can't measure. */
export function withRevision(bytes: Buffer, revision: number): Buffer {
  const parts: Buffer[] = [];
  const reader = new Reader(bytes);
  while (!reader.ended) {
    const from = reader.at;
    const columns = reader.number();
    const rows = reader.number();
    parts.push(BLOCK_INFO, bytes.subarray(from, reader.at));
    for (let i = 0; i < columns; i++) {
      const column = reader.at;
      reader.text();
      const type = reader.text();
      parts.push(bytes.subarray(column, reader.at));
      if (revision >= CUSTOM_SERIALIZATION_REVISION) parts.push(USUAL);
      const data = reader.at;
      if (rows > 0) {
        reader.passPrefix(type);
        reader.pass(type, rows);
      }
      parts.push(bytes.subarray(data, reader.at));
    }
  }
  return Buffer.concat(parts);
}

class Reader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.at >= this.#bytes.length;
  }

  /** LEB128. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  text(): string {
    const length = this.#passText();
    return this.#bytes.toString('utf8', this.at - length, this.at);
  }

  #passText(): number {
    const length = this.number();
    this.at += length;
    return length;
  }

  /** Before the values of a column stand the versions of the LowCardinality that are anywhere in its type. */
  passPrefix(type: string): void {
    const [name, parts] = parsed(type);
    if (name === 'LowCardinality') this.at += 8;
    else if (['Array', 'Map', 'Nested', 'Tuple'].includes(name)) {
      for (const part of parts) this.passPrefix(withoutName(part));
    }
  }

  /** Goes to the end of `rows` values of a type. */
  pass(type: string, rows: number): void {
    const [name, parts] = parsed(type);
    const bytes = BYTES[name] ?? bytesOf(name, parts);
    if (bytes !== undefined) {
      this.at += bytes * rows;
      return;
    }
    switch (name) {
      case 'String':
        for (let i = 0; i < rows; i++) this.#passText();
        return;
      case 'Nullable':
        this.at += rows;
        this.pass(parts[0] ?? '', rows);
        return;
      case 'LowCardinality':
        if (rows > 0) this.#lowCardinality(parts[0] ?? '');
        return;
      case 'Array':
        this.#array(rows, [parts[0] ?? '']);
        return;
      case 'Map':
      case 'Nested':
        this.#array(rows, parts.map(withoutName));
        return;
      case 'Tuple':
        for (const part of parts) this.pass(withoutName(part), rows);
        return;
      case 'SimpleAggregateFunction':
        this.pass(parts[1] ?? '', rows);
        return;
      default:
        throw new HttpError(
          501,
          48,
          `${type} can not be sent this way: cast it to String. (NOT_IMPLEMENTED)`,
        );
    }
  }

  #lowCardinality(type: string): void {
    const head = this.#integer();
    if ((head & DICTIONARY_FOLLOWS) !== 0) {
      // Values that are null stand in it as empty ones.
      this.pass(/^Nullable\((.*)\)$/.exec(type)?.[1] ?? type, this.#integer());
    }
    const rows = this.#integer();
    this.at += rows * (INDEX_BYTES[head & 3] ?? 8);
  }

  #integer(): number {
    this.at += 8;
    return Number(this.#bytes.readBigUInt64LE(this.at - 8));
  }

  #array(rows: number, types: string[]): void {
    this.at += 8 * rows;
    const values = Number(this.#bytes.readBigUInt64LE(this.at - 8));
    if (values > 0) for (const type of types) this.pass(type, values);
  }
}

function bytesOf(name: string, [first = '']: string[]): number | undefined {
  if (name === 'FixedString') return Number(first);
  if (name.startsWith('Interval')) return 8;
  const digits = name === 'Decimal' ? Number(first) : 0;
  const bits = /^Decimal(32|64|128|256)$/.exec(name)?.[1];
  if (bits !== undefined) return Number(bits) / 8;
  if (digits === 0) return undefined;
  return digits <= 9 ? 4 : digits <= 18 ? 8 : digits <= 38 ? 16 : 32;
}

/** `Map(String, Array(UInt8))` is Map of String and Array(UInt8). */
function parsed(type: string): [string, string[]] {
  const open = type.indexOf('(');
  if (open < 0) return [type, []];
  const parts: string[] = [];
  let [depth, from] = [0, open + 1];
  const inside = /'(?:[^'\\]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`|[(),]/g;
  inside.lastIndex = open + 1;
  for (let match = inside.exec(type); match !== null; match = inside.exec(type)) {
    const [sign] = match;
    if (sign === '(') depth++;
    else if (sign === ')' && depth > 0) depth--;
    else if (sign === ')' || (sign === ',' && depth === 0)) {
      parts.push(type.slice(from, match.index).trim());
      from = match.index + 1;
    }
  }
  return [type.slice(0, open), parts];
}

/** Of an element of a tuple that has a name. */
function withoutName(part: string): string {
  return part.replace(/^(?:`(?:[^`\\]|\\[\s\S])*`|\w+)\s+(?=[A-Z])/, '');
}
