/** Streams lines of text to and from a compressed file. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** The fastest compression, because most backups are never read. */
const LEVEL = 1;

/** Writes groups of lines; resolves with their number once they are on the disk. Only this user may read the file. */
export async function writeLines(path: string, groups: AsyncIterable<readonly string[]>): Promise<number> {
  let rows = 0;
  async function* texts(): AsyncGenerator<string> {
    for await (const group of groups) {
      if (group.length === 0) continue;
      rows += group.length;
      yield `${group.join('\n')}\n`;
    }
  }
  await pipeline(
    Readable.from(texts(), { objectMode: false }),
    createGzip({ level: LEVEL }),
    createWriteStream(path, { mode: 0o600 }),
  );
  const file = await open(path, 'r');
  await file.sync();
  await file.close();
  return rows;
}

/** Groups of whole lines; each except the last has at least about `bytes` bytes. */
export async function* readLines(path: string, bytes: number): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  const unzipped = createReadStream(path).pipe(createGunzip());
  for await (const chunk of unzipped as AsyncIterable<Buffer>) {
    parts.push(chunk);
    size += chunk.length;
    if (size < bytes) continue;
    const text = Buffer.concat(parts);
    const end = text.lastIndexOf(10) + 1;
    if (end > 0) yield text.subarray(0, end);
    parts = [text.subarray(end)];
    size = text.length - end;
  }
  const last = Buffer.concat(parts);
  if (last.length > 0) yield last;
}
