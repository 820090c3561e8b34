import { expect, it } from 'vitest';
import { type ClickHouseClient, ClickHouseError } from '../../../src/clickhouse/client.ts';
import { overShards, ShardsRead, shardsRead } from '../../../src/reports/shards-read.ts';

const refused = () =>
  new ClickHouseError({ message: 'Connection refused', code: '210', type: 'NETWORK_ERROR' });

/** Three shards, of which the process knows that `away` are; a node that is asked reaches `reached`. */
function cluster(away: number[], reached: number[] = [1, 2, 3]): ClickHouseClient {
  const node = { query: async () => ({ json: async () => reached.map((shard) => ({ shard })) }) };
  return {
    ...node,
    shards: { count: 3, away: () => away, reader: () => node },
  } as unknown as ClickHouseClient;
}

/** A report that needs all shards, unless it may leave some out. */
const report = async (settings: object, reached: number[]): Promise<string> => {
  if (reached.length < 3 && !('skip_unavailable_shards' in settings)) throw refused();
  return JSON.stringify(settings);
};

function ask(client: ClickHouseClient, reached: number[], strict = false) {
  const read = new ShardsRead();
  read.strict = strict;
  const answer = shardsRead.run(read, () => overShards(client, (_, settings) => report(settings, reached)));
  return { answer, read };
}

it('lacks nothing while all shards answer', async () => {
  const { answer, read } = ask(cluster([]), [1, 2, 3]);
  expect(await answer).toBe('{}');
  expect(read.away).toEqual([]);
});

it('leaves out shards that are known to be away, and says which', async () => {
  const { answer, read } = ask(cluster([3, 2], [1]), [1]);
  expect(await answer).toContain('skip_unavailable_shards');
  expect(read.away).toEqual([2, 3]);
});

it('finds out which shard went away just now', async () => {
  const { answer, read } = ask(cluster([], [1, 3]), [1, 3]);
  await answer;
  expect(read.away).toEqual([2]);
});

it('refuses where the request wants all rows', async () => {
  await expect(ask(cluster([2]), [1, 3], true).answer).rejects.toThrow(/shard 2 can not be read/);
  await expect(ask(cluster([], [1, 3]), [1, 3], true).answer).rejects.toThrow(/shard 2 can not be read/);
});

it('leaves nothing out for whoever decides by what it reads', async () => {
  const reading = overShards(cluster([2]), (_, settings) => report(settings, [1, 3]));
  await expect(reading).rejects.toThrow('Connection refused');
});

it('passes on what is no fault of a shard', async () => {
  const { answer } = ask(cluster([]), []);
  await expect(answer).rejects.toThrow('Connection refused');
});
