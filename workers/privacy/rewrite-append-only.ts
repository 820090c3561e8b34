/**
 * Makes Redis write its files anew, so that they hold nothing that was removed: the append-only file, and the snapshot
 * where one is kept; on every node, replicas of a cluster included. Forgets the log of slow commands, which quotes them.
 * Rejects when Redis is down or could not write; safe to repeat.
 */
import { Cluster, type Redis, type RedisClient } from '../../src/platform/redis.ts';
import { sleep } from '../../src/platform/sleep.ts';

const LOOK_EVERY_MS = 100;
const WRITTEN_WITHIN_MS = 600_000;

interface File {
  command: 'BGREWRITEAOF' | 'BGSAVE';
  /** Fields of INFO persistence. */
  busy: RegExp;
  ok: RegExp;
}

const APPEND_ONLY: File = {
  command: 'BGREWRITEAOF',
  busy: /^aof_rewrite_(?:in_progress|scheduled):1/m,
  ok: /^aof_last_bgrewrite_status:ok/m,
};
const SNAPSHOT: File = {
  command: 'BGSAVE',
  busy: /^rdb_bgsave_in_progress:1/m,
  ok: /^rdb_last_bgsave_status:ok/m,
};

export async function rewriteFiles(redis: RedisClient): Promise<void> {
  for (const node of redis instanceof Cluster ? redis.nodes('all') : [redis]) {
    const info = await node.info('persistence');
    if (/^aof_enabled:1/m.test(info)) await rewrite(node, APPEND_ONLY);
    if (await keepsSnapshots(node)) await rewrite(node, SNAPSHOT);
    await node.call('SLOWLOG', 'RESET');
  }
}

/** A server that does not say is taken for one that does. */
async function keepsSnapshots(node: Redis): Promise<boolean> {
  const reply = await node.call('CONFIG', 'GET', 'save').catch(() => undefined);
  return !Array.isArray(reply) || reply[1] !== '';
}

async function rewrite(node: Redis, { command, busy, ok }: File): Promise<void> {
  const started_by = await runOf(node);
  // One that runs already may have begun before the last change.
  await untilIdle(node, busy);
  await node.call(command);
  const info = await untilIdle(node, busy);
  if (!ok.test(info)) throw new Error(`${command} failed: see the log of Redis`);
  // Redis restarted meanwhile: whether it was written is not known.
  if ((await runOf(node)) !== started_by) throw new Error(`Redis restarted during ${command}`);
}

async function untilIdle(node: Redis, busy: RegExp): Promise<string> {
  const until = performance.now() + WRITTEN_WITHIN_MS;
  for (;;) {
    const info = await node.info('persistence');
    if (!busy.test(info)) return info;
    if (performance.now() > until) throw new Error('Redis does not finish writing its file');
    await sleep(LOOK_EVERY_MS);
  }
}

async function runOf(node: Redis): Promise<string> {
  return /^run_id:(\S+)/m.exec(await node.info('server'))?.[1] ?? '';
}
