/**
 * How entries stand in a segment of a spool: one frame after the other, each with its length, checksum and number of
 * rows. A frame that was cut off, or is damaged, ends its segment. Pure but for sizeOf.
 */
import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Entry } from './append.ts';

/** Length, checksum and number of rows before each record. */
const FRAME_BYTES = 12;
/** Bounds of a group that is sent together: it takes about a millisecond to read, and another one in Redis. */
const GROUP_ENTRIES_MAX = 64;
const GROUP_BYTES_MAX = 256 * 1024;

export function frameOf({ partition, producer, sequence, rows, payload, process }: Entry): Buffer {
  const body = Buffer.from(JSON.stringify([partition, producer, sequence, rows, payload, process]));
  const frame = Buffer.allocUnsafe(FRAME_BYTES + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(crc32(body), 4);
  frame.writeUInt32LE(rows, 8);
  body.copy(frame, FRAME_BYTES);
  return frame;
}

/**
 * A group of the segment's records from `from` on, and where it ends. Empty at the end, and at a record that is cut
 * off.
 */
export function readGroup(segment: Buffer, from: number): { entries: Entry[]; next: number } {
  const entries: Entry[] = [];
  let at = from;
  while (
    at + FRAME_BYTES <= segment.length &&
    entries.length < GROUP_ENTRIES_MAX &&
    (at === from || at - from < GROUP_BYTES_MAX)
  ) {
    const length = segment.readUInt32LE(at);
    const body = segment.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length);
    if (body.length < length || crc32(body) !== segment.readUInt32LE(at + 4)) break;
    const [partition, producer, sequence, rows, payload, process] = JSON.parse(body.toString()) as [
      number,
      string,
      number,
      number,
      string,
      string,
    ];
    entries.push({ partition, producer, sequence, rows, payload, process });
    at += FRAME_BYTES + length;
  }
  return { entries, next: at };
}

/** How many rows a segment's whole records have, and whether nothing follows them. Decodes none of them. */
export function checkFrames(segment: Buffer): { rows: number; whole: boolean } {
  let rows = 0;
  let at = 0;
  while (at + FRAME_BYTES <= segment.length) {
    const body = segment.subarray(at + FRAME_BYTES, at + FRAME_BYTES + segment.readUInt32LE(at));
    if (body.length < segment.readUInt32LE(at) || crc32(body) !== segment.readUInt32LE(at + 4)) break;
    rows += segment.readUInt32LE(at + 8);
    at += FRAME_BYTES + body.length;
  }
  return { rows, whole: at === segment.length };
}

/** The bytes and rows of a segment that has ended, without decoding them. */
export async function sizeOf(path: string): Promise<{ bytes: number; rows: number }> {
  const segment = await readFile(path);
  let rows = 0;
  for (let at = 0; at + FRAME_BYTES <= segment.length; ) {
    const next = at + FRAME_BYTES + segment.readUInt32LE(at);
    if (next > segment.length) break;
    rows += segment.readUInt32LE(at + 8);
    at = next;
  }
  return { bytes: segment.length, rows };
}
