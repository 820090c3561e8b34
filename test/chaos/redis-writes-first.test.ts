/**
 * That Redis, as this product sets it up, has written what it answers: a kill then loses nothing. Its disk is kept busy
 * with syncs, because `appendfsync everysec` does otherwise just then.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectRedis, untilReady } from '../../src/platform/redis.ts';
import { startRedis } from '../support/redis.ts';

const WATCHED_MS = 4_000;
const SYNCERS = 3;
const PAYLOAD = 'x'.repeat(3_000);

it('has nothing left to write of what it has answered, however busy the disk is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trackly-syncs-'));
  const redis = await startRedis();
  const client = connectRedis(redis.target, 'blocking');
  const syncers: ChildProcess[] = [];
  try {
    await untilReady(client, 10_000);
    for (let i = 0; i < SYNCERS; i++) {
      const script = `while :; do dd if=/dev/zero of=${folder}/${i} bs=1M count=32 conv=fsync 2>/dev/null || exit; done`;
      syncers.push(spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' }));
    }
    let unwritten_max = 0;
    let answered = 0;
    for (const until = performance.now() + WATCHED_MS; performance.now() < until; answered++) {
      await client.set(`key:${answered % 1_000}`, PAYLOAD);
      // One command at a time: what this one finds in the buffer belongs to those that were answered.
      const [, bytes] = /aof_buffer_length:(\d+)/.exec(await client.info('persistence')) ?? [];
      unwritten_max = Math.max(unwritten_max, Number(bytes));
    }
    expect(answered).toBeGreaterThan(100);
    expect(unwritten_max).toBe(0);
  } finally {
    for (const { pid } of syncers) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    client.disconnect();
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
