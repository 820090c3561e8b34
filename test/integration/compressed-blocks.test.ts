/** The checksum of ClickHouse's compressed blocks, held against blocks that the engine itself wrote. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { expect, it } from 'vitest';
import { cityHash128 } from '../../src/clickhouse/embedded/city-hash.ts';
import { compressedBlocks } from '../../src/clickhouse/embedded/compressed-blocks.ts';
import { startEmbeddedClickHouse } from '../../src/clickhouse/embedded/server.ts';
import { createLog } from '../../src/platform/log.ts';
import { readCompressed } from '../support/clickhouse-formats.ts';

it('computes the checksum of a block as ClickHouse does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-blocks-'));
  const log = createLog('test', 'silent');
  const engine = await startEmbeddedClickHouse({ data_dir: folder, host: '127.0.0.1', port: 0, log });
  const client = createClient({ url: `http://127.0.0.1:${engine.port}` });
  await client.command({
    query:
      'CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n SETTINGS min_bytes_for_wide_part = 0',
  });
  for (const rows of [1, 9, 20_000]) {
    await client.command({
      query: `INSERT INTO t SELECT number, repeat('x', number % 50) FROM numbers(${rows})`,
    });
  }
  await client.close();
  await engine.close();
  const lengths: number[] = [];
  for (const file of readdirSync(join(folder, 'store'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.bin')) continue;
    const bytes = readFileSync(join(folder, 'store', file));
    for (let at = 0; at < bytes.length; ) {
      const length = bytes.readUInt32LE(at + 17);
      lengths.push(length);
      expect(cityHash128(bytes.subarray(at + 16, at + 16 + length))).toEqual(bytes.subarray(at, at + 16));
      at += 16 + length;
    }
  }
  expect(Math.min(...lengths)).toBeLessThan(32);
  expect(Math.max(...lengths)).toBeGreaterThan(1_000);
  await rm(folder, { recursive: true, force: true });
});

it('wraps any length into blocks that come out as they went in', () => {
  for (const length of [0, 1, 14, 15, 16, 269, 270, 271, 65_536, 65_537, 200_000]) {
    const bytes = Buffer.from(Array.from({ length }, (_, i) => (i * 31) % 251));
    const blocks = Buffer.concat([...compressedBlocks(bytes)]);
    const back = readCompressed(blocks, (checksum, block) => expect(cityHash128(block)).toEqual(checksum));
    expect(back.equals(bytes)).toBe(true);
  }
});
