/**
 * Encodes rows as one block of the format Native: column by column, with each repeated text once, so that ClickHouse
 * need not parse text. Used for clicks, sends and what webhooks are told; bench/pipeline/README.md has what it saves. A
 * lone surrogate in a text becomes U+FFFD. Pure.
 */
import type { NativeColumn, SentType } from './columns.ts';

/** Texts of at most this many UTF-16 units have at most 127 bytes, so their length fits into one byte. */
const SHORT_MAX = 42;
/** Texts of at most this many have fewer than 2^14 bytes, so their length fits into two. */
const MIDDLE_MAX = 5_000;
const ROW_BYTES_EXPECTED = 512;
const UINT32_MAX = 0xffff_ffff;
const TWO_POW_32 = 2 ** 32;
/** Precedes a LowCardinality column: its dictionary is in the block. */
const DICTIONARY_PER_BLOCK = 1;
/** Flags beside the size of the indexes: the dictionary follows, and it replaces any earlier one. */
const OWN_DICTIONARY = (1 << 9) | (1 << 10);

/** Encodes the value of each column of each row. Throws when a number is out of its type's range. */
export function encodeNative<Row>(columns: readonly NativeColumn<Row>[], rows: readonly Row[]): Buffer {
  const writer = new Writer(rows.length * ROW_BYTES_EXPECTED);
  writer.length(columns.length);
  writer.length(rows.length);
  for (const { name, sent, value } of columns) {
    writer.text(name);
    writer.text(sent);
    const values = rows.map(value);
    if (values.length > 0) (WRITE[sent] as (writer: Writer, values: unknown[]) => void)(writer, values);
  }
  return writer.bytes();
}

const WRITE = {
  String(writer: Writer, values: string[]) {
    for (const value of values) writer.text(value);
  },
  UInt8(writer: Writer, values: number[]) {
    for (const value of values) writer.uint8(value);
  },
  UInt16(writer: Writer, values: number[]) {
    for (const value of values) writer.uint16(value);
  },
  UInt32(writer: Writer, values: number[]) {
    for (const value of values) writer.uint32(value);
  },
  Int32(writer: Writer, values: number[]) {
    for (const value of values) writer.int32(value);
  },
  Float64(writer: Writer, values: number[]) {
    for (const value of values) writer.float64(value);
  },
  "DateTime('UTC')"(writer: Writer, values: number[]) {
    // Clamped to its range, as ClickHouse does when it parses such a number.
    for (const value of values) writer.uint32(Math.max(0, Math.min(value, UINT32_MAX)));
  },
  "DateTime64(3, 'UTC')"(writer: Writer, values: number[]) {
    for (const value of values) writer.int64(value);
  },
  'LowCardinality(String)'(writer: Writer, values: string[]) {
    writer.int64(DICTIONARY_PER_BLOCK);
    writeRepeated(writer, values);
  },
  'Array(String)'(writer: Writer, values: (readonly string[])[]) {
    writeEnds(writer, values);
    for (const texts of values) for (const text of texts) writer.text(text);
  },
  'Array(LowCardinality(String))'(writer: Writer, values: (readonly string[])[]) {
    writer.int64(DICTIONARY_PER_BLOCK);
    writeEnds(writer, values);
    writeRepeated(writer, values.flat());
  },
  'Map(LowCardinality(String), String)'(writer: Writer, values: Readonly<Record<string, string>>[]) {
    writer.int64(DICTIONARY_PER_BLOCK);
    const keys: string[] = [];
    const texts: string[] = [];
    for (const map of values) {
      for (const key in map) {
        keys.push(key);
        texts.push(map[key] as string);
      }
      writer.int64(keys.length);
    }
    writeRepeated(writer, keys);
    for (const text of texts) writer.text(text);
  },
} satisfies Record<SentType, unknown>;

/** Writes where each list ends among the values of all. */
function writeEnds(writer: Writer, lists: readonly (readonly unknown[])[]): void {
  let end = 0;
  for (const { length } of lists) {
    end += length;
    writer.int64(end);
  }
}

/** Writes a dictionary, which has each text once and the empty text first, then the index of each value in it. */
function writeRepeated(writer: Writer, values: readonly string[]): void {
  if (values.length === 0) return;
  const places = new Map([['', 0]]);
  let [last, last_place] = ['', 0];
  const indexes = values.map((text) => {
    // Most columns repeat the value of the row before.
    if (text === last) return last_place;
    let place = places.get(text);
    if (place === undefined) {
      place = places.size;
      places.set(text, place);
    }
    [last, last_place] = [text, place];
    return place;
  });
  const index_bits = places.size <= 1 << 8 ? 0 : places.size <= 1 << 16 ? 1 : 2;
  writer.int64(OWN_DICTIONARY | index_bits);
  writer.int64(places.size);
  for (const text of places.keys()) writer.text(text);
  writer.int64(indexes.length);
  for (const index of indexes) {
    if (index_bits === 0) writer.uint8(index);
    else if (index_bits === 1) writer.uint16(index);
    else writer.uint32(index);
  }
}

/** A growing buffer. */
class Writer {
  #bytes: Buffer;
  #at = 0;

  constructor(bytes_expected: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(bytes_expected, 1_024));
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  /** A length in LEB128. */
  length(value: number): void {
    this.#need(5);
    let left = value;
    for (; left > 127; left >>>= 7) this.#bytes[this.#at++] = (left & 127) | 128;
    this.#bytes[this.#at++] = left;
  }

  /** The length in bytes, then the text in UTF-8. */
  text(value: string): void {
    if (value.length <= SHORT_MAX) {
      this.#shortText(value);
      return;
    }
    if (value.length <= MIDDLE_MAX) {
      this.#middleText(value);
      return;
    }
    const bytes = Buffer.byteLength(value);
    this.length(bytes);
    this.#need(bytes);
    this.#at += this.#bytes.write(value, this.#at);
  }

  /** For user agents and headers: written once, behind the room for its length, instead of measured first. */
  #middleText(value: string): void {
    this.#need(2 + 3 * MIDDLE_MAX);
    const bytes = this.#bytes;
    const written = bytes.write(value, this.#at + 2);
    // LEB128 may have a digit of 0 at its end.
    bytes[this.#at] = (written & 127) | 128;
    bytes[this.#at + 1] = written >>> 7;
    this.#at += 2 + written;
  }

  /** For ids and other short texts: this loop takes a third of the time of a call of Buffer.write. */
  #shortText(value: string): void {
    this.#need(1 + 3 * SHORT_MAX);
    const bytes = this.#bytes;
    const from = this.#at + 1;
    for (let i = 0; i < value.length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 127) {
        const written = bytes.write(value, from);
        bytes[this.#at] = written;
        this.#at = from + written;
        return;
      }
      bytes[from + i] = unit;
    }
    bytes[this.#at] = value.length;
    this.#at = from + value.length;
  }

  uint8(value: number): void {
    this.#need(1);
    this.#at = this.#bytes.writeUInt8(value, this.#at);
  }

  uint16(value: number): void {
    this.#need(2);
    this.#at = this.#bytes.writeUInt16LE(value, this.#at);
  }

  uint32(value: number): void {
    this.#need(4);
    this.#at = this.#bytes.writeUInt32LE(value, this.#at);
  }

  int32(value: number): void {
    this.#need(4);
    this.#at = this.#bytes.writeInt32LE(value, this.#at);
  }

  float64(value: number): void {
    this.#need(8);
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  /** `value` must be a safe integer. */
  int64(value: number): void {
    this.#need(8);
    this.#at = this.#bytes.writeUInt32LE(value >>> 0, this.#at);
    this.#at = this.#bytes.writeInt32LE(Math.floor(value / TWO_POW_32), this.#at);
  }

  #need(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
