/** What CLUSTER SHARDS of Redis 7 says, as shards: the replies were taken from a cluster whose second master was frozen. */
import { expect, it } from 'vitest';
import { shardsOf } from '../../../src/platform/redis-shards.ts';

const node = (port: number, role: string, health: string): unknown[] => [
  ...['id', '7ee6', 'port', port, 'ip', '127.0.0.1', 'endpoint', '127.0.0.1', 'role', role],
  ...['replication-offset', 0, 'health', health],
];
const shard = (slots: number[], ...nodes: unknown[][]): unknown[] => ['slots', slots, 'nodes', nodes];

it('numbers shards by their slots, and counts the replicas that are connected', () => {
  const reply = [
    shard(
      [5461, 10922],
      node(2, 'master', 'online'),
      node(5, 'replica', 'online'),
      node(8, 'replica', 'loading'),
    ),
    shard([0, 5460], node(4, 'replica', 'online'), node(1, 'master', 'online')),
    shard([10923, 16383], node(3, 'master', 'online')),
  ];
  expect(shardsOf(reply)).toEqual([
    { shard: 1, master: '127.0.0.1:1', up: true, replicas: 1 },
    { shard: 2, master: '127.0.0.1:2', up: true, replicas: 1 },
    { shard: 3, master: '127.0.0.1:3', up: true, replicas: 0 },
  ]);
});

it('keeps the number of a shard whose master failed, and of one whose replica took over', () => {
  const failed = shard([5461, 10922], node(2, 'master', 'fail'));
  const others = [
    shard([0, 5460], node(1, 'master', 'online')),
    shard([10923, 16383], node(3, 'master', 'online')),
  ];
  expect(shardsOf([failed, ...others])[1]).toEqual({ shard: 2, master: '', up: false, replicas: 0 });
  const taken = shard([5461, 10922], node(2, 'master', 'fail'), node(5, 'master', 'online'));
  expect(shardsOf([...others, taken])[1]).toEqual({ shard: 2, master: '127.0.0.1:5', up: true, replicas: 0 });
});

it('takes a master without slots for no shard, and reads the port of one that speaks TLS alone', () => {
  const added = shard([], node(9, 'master', 'online'));
  const tls = [
    ...['id', 'x', 'tls-port', 6380, 'ip', '10.0.0.1', 'role', 'master', 'replication-offset', 0],
    ...['health', 'online'],
  ];
  expect(shardsOf([added, shard([0, 16383], tls)])).toEqual([
    { shard: 1, master: '10.0.0.1:6380', up: true, replicas: 0 },
  ]);
});
