/**
 * The part of a backup that is written whole every time: files of DATA_DIR that belong to the installation, and what only
 * Redis has. One line of JSON each: ['file', name, base64], or a line of redis-keys.ts.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { RedisClient } from '../../platform/redis.ts';
import { CONTACT_KEY_FILE } from '../../privacy/contact-key.ts';
import { LIST_FILE } from '../../privacy/erasure-list.ts';
import { dumpRedis, restoreLines } from './redis-keys.ts';

/** Files of DATA_DIR that are copied if they exist. */
const KEPT_FILES = ['admin.key', 'installation.key', CONTACT_KEY_FILE, 'bot-rules.json', LIST_FILE];
const FILE = '["file",';
const LINES_AT_ONCE = 2_000;

export interface State {
  chunks: AsyncIterable<Uint8Array>;
  /** Lines so far. */
  lines(): number;
}

/** The logs must be paused while the chunks are read. */
export function readState(redis: RedisClient, data_dir: string): State {
  let count = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for await (const lines of linesOf(redis, data_dir)) {
      if (lines.length === 0) continue;
      count += lines.length;
      yield Buffer.from(`${lines.join('\n')}\n`);
    }
  }
  return { chunks: chunks(), lines: () => count };
}

async function* linesOf(redis: RedisClient, data_dir: string): AsyncGenerator<string[]> {
  for (const name of KEPT_FILES) {
    const content = await readFile(join(data_dir, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (content !== undefined) yield [JSON.stringify(['file', name, content.toString('base64')])];
  }
  yield* dumpRedis(redis);
}

/** Restores files and keys. Safe to repeat from the start. */
export async function restoreState(redis: RedisClient, data_dir: string, state: Readable): Promise<void> {
  await mkdir(data_dir, { recursive: true, mode: 0o700 });
  for await (const lines of groupsOfLines(state)) {
    for (const line of lines.filter((one) => one.startsWith(FILE))) {
      const [, name, content] = JSON.parse(line) as ['file', string, string];
      if (!KEPT_FILES.includes(name)) continue;
      await writeFile(join(data_dir, name), Buffer.from(content, 'base64'), { mode: 0o600 });
    }
    await restoreLines(
      redis,
      lines.filter((one) => !one.startsWith(FILE)),
    );
  }
}

async function* groupsOfLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  let rest: Buffer[] = [];
  let lines: string[] = [];
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(10) + 1;
    if (end > 0) {
      const text = Buffer.concat([...rest, chunk.subarray(0, end)]).toString();
      lines.push(...text.slice(0, -1).split('\n'));
      rest = [];
    }
    if (end < chunk.length) rest.push(Buffer.from(chunk.subarray(end)));
    if (lines.length < LINES_AT_ONCE) continue;
    yield lines;
    lines = [];
  }
  if (lines.length > 0) yield lines;
}
