/** How the logs are divided, what waits in each part, and the servers that hold it: which of them is away. */
import type { JSX } from 'react';
import type { AnswerOf } from '../../api.ts';
import { bytes, count, percent, span } from '../../format.ts';
import { usePlace } from '../../location.ts';
import { State } from '../../parts/operate.tsx';
import { Answered } from '../../parts/states.tsx';
import { type Column, Pages, Table } from '../../parts/table.tsx';
import { Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

const ASK_EVERY_MS = 3_000;
type Listed = AnswerOf<'/v2/operations/partitions'>;
const WORDS = t.operate.partition;

export function PartitionsPage(): JSX.Element {
  const place = usePlace();
  const { page } = place.query;
  const answer = useAnswer('/v2/operations/partitions', { page }, { every_ms: ASK_EVERY_MS });
  return (
    <div>
      <Title text={t.operate.pages.partitions} />
      <Answered
        answer={answer}
        show={({ layouts, shards, troubles, redis_shards, disks, partitions, ...paging }) => (
          <>
            {troubles.map((trouble) => (
              <p key={trouble} className="notice bad">
                {trouble}
              </p>
            ))}
            <Table caption={WORDS.partitions} columns={PARTITIONS} rows={partitions} file="partitions" />
            <Pages place={place} {...paging} />
            <h2>{WORDS.layouts}</h2>
            <Table caption={WORDS.layouts} columns={LAYOUTS} rows={layouts} file="layouts" stacked />
            <h2>{WORDS.clickhouse}</h2>
            <Table caption={WORDS.clickhouse} columns={SHARDS} rows={shards} file="clickhouse" stacked />
            <h2>{WORDS.disks}</h2>
            <Table caption={WORDS.disks} columns={DISKS} rows={disks} file="disks" stacked />
            <h2>{WORDS.redis}</h2>
            <Table caption={WORDS.redis} columns={REDIS} rows={redis_shards} file="redis" stacked />
          </>
        )}
      />
    </div>
  );
}

const upOrAway = (up: boolean): JSX.Element => (
  <State tone={up ? 'good' : 'bad'} text={up ? WORDS.up : WORDS.away} />
);

const PARTITIONS: Column<Listed['partitions'][number]>[] = [
  { name: '', title: WORDS.partition, show: ({ partition }) => `p${partition}` },
  {
    name: '',
    title: WORDS.shard,
    show: ({ shard, shard_away }) => (
      <>
        {count(shard)} {shard_away && upOrAway(false)}
      </>
    ),
  },
  { name: '', title: WORDS.behind, number: true, show: ({ behind_ms }) => span(behind_ms) },
  { name: '', title: WORDS.entries, number: true, show: ({ entries }) => count(entries) },
  { name: '', title: WORDS.bytes, number: true, show: (partition) => bytes(partition.bytes) },
  {
    name: '',
    title: WORDS.logs,
    show: ({ logs }) => logs.map(({ log, entries }) => `${log} ${count(entries)}`).join(', ') || '–',
  },
];

const LAYOUTS: Column<Listed['layouts'][number]>[] = [
  { name: '', title: WORDS.first, show: ({ first }) => `p${first}` },
  { name: '', title: WORDS.count, number: true, show: (layout) => count(layout.count) },
  { name: '', title: WORDS.shards, number: true, show: ({ shards }) => count(shards) },
  { name: '', title: t.operate.state, show: ({ state }) => WORDS.layout_states[state] },
];

const SHARDS: Column<Listed['shards'][number]>[] = [
  { name: '', title: WORDS.shard, show: ({ shard }) => count(shard) },
  { name: '', title: t.operate.state, show: ({ up }) => upOrAway(up) },
];

const DISKS: Column<Listed['disks'][number]>[] = [
  { name: '', title: t.operate.name, show: ({ name }) => name },
  {
    ...{ name: '', title: WORDS.free, number: true },
    show: ({ free_bytes, size_bytes }) => `${bytes(free_bytes)} (${percent(free_bytes / size_bytes)})`,
  },
  { name: '', title: WORDS.size, number: true, show: ({ size_bytes }) => bytes(size_bytes) },
];

const REDIS: Column<Listed['redis_shards'][number]>[] = [
  { name: '', title: WORDS.shard, show: ({ shard }) => count(shard) },
  { name: '', title: t.operate.state, show: ({ up }) => upOrAway(up) },
  { name: '', title: WORDS.master, show: ({ master }) => master || '–' },
  { name: '', title: WORDS.replicas, number: true, show: ({ replicas }) => count(replicas) },
  {
    ...{ name: '', title: WORDS.memory, number: true },
    show: ({ used_ratio }) => percent(used_ratio === 0 ? null : used_ratio),
  },
];
