/**
 * ClickHouse's own compression of an answer (`compress=1`), which the Java driver, and with it DBeaver, asks for by
 * default: blocks of a checksum, a method, two lengths and LZ4. The LZ4 here is literals only, so it is a form and
 * saves nothing: this is loopback, and gzip is there for other ways. Pure.
 */
import { cityHash128 } from './city-hash.ts';

const BLOCK_BYTES_MAX = 64 * 1024;
const LZ4 = 0x82;
const HEADER_BYTES = 9;

/** The answer in blocks, one at a time: each takes some milliseconds of this thread. */
export function* compressedBlocks(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += BLOCK_BYTES_MAX) {
    yield compressedBlock(bytes.subarray(from, from + BLOCK_BYTES_MAX));
  }
}

function compressedBlock(bytes: Buffer): Buffer {
  const data = literals(bytes);
  const body = Buffer.alloc(HEADER_BYTES);
  body[0] = LZ4;
  body.writeUInt32LE(HEADER_BYTES + data.length, 1);
  body.writeUInt32LE(bytes.length, 5);
  const block = Buffer.concat([body, data]);
  return Buffer.concat([cityHash128(block), block]);
}

/** One LZ4 sequence that has no match: its length in four bits, then in bytes of up to 255, then the text. */
function literals(bytes: Buffer): Buffer {
  if (bytes.length < 15) return Buffer.concat([Buffer.of(bytes.length << 4), bytes]);
  const more = bytes.length - 15;
  const lengths = Buffer.alloc(Math.floor(more / 255) + 1, 255);
  lengths[lengths.length - 1] = more % 255;
  return Buffer.concat([Buffer.of(0xf0), lengths, bytes]);
}
