/** Answered clicks that wait on the disks of machines, by process, and the spools that are left of processes that are gone. */
import type { JSX } from 'react';
import type { AnswerOf } from '../../api.ts';
import { bytes, count, percent, time } from '../../format.ts';
import { State } from '../../parts/operate.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

const ASK_EVERY_MS = 3_000;
type Spools = AnswerOf<'/v2/operations/spools'>;
type Process = Spools['processes'][number];
type Spool = Spools['spools'][number];

export function SpoolsPage(): JSX.Element {
  const answer = useAnswer('/v2/operations/spools', {}, { every_ms: ASK_EVERY_MS });
  return (
    <div>
      <Title text={t.operate.pages.spools} />
      <Answered
        answer={answer}
        show={({ processes, spools }) => (
          <>
            <Table
              caption={t.operate.pages.spools}
              columns={PROCESSES}
              rows={processes}
              file="processes"
              stacked
            />
            <h2>{t.operate.spool.waiting}</h2>
            {spools.length === 0 ? (
              <Empty>{t.operate.spool.none}</Empty>
            ) : (
              <Table caption={t.operate.spool.waiting} columns={SPOOLS} rows={spools} file="spools" stacked />
            )}
          </>
        )}
      />
    </div>
  );
}

function stateOf({ present, spooling }: Process): JSX.Element {
  if (!present) return <State tone="bad" text={t.operate.spool.gone} />;
  if (spooling) return <State tone="bad" text={t.operate.spool.fills} />;
  return <State tone="good" text={t.operate.spool.idle} />;
}

const PROCESSES: Column<Process>[] = [
  { name: '', title: t.operate.process, show: ({ name }) => name },
  { name: '', title: t.operate.state, show: stateOf },
  { name: '', title: t.operate.spool.bytes, number: true, show: (process) => bytes(process.bytes) },
  {
    ...{ name: '', title: t.operate.spool.room, number: true },
    show: (process) => percent(process.bytes_max === null ? null : process.bytes / process.bytes_max),
  },
  {
    ...{ name: '', title: t.operate.spool.disk, number: true },
    show: ({ disk_free_bytes: free, disk_size_bytes: size }) =>
      free === null || size === null ? '–' : `${bytes(free)} (${percent(free / size)})`,
  },
];

const SPOOLS: Column<Spool>[] = [
  { name: '', title: t.operate.process, show: ({ process }) => process },
  { name: '', title: t.operate.spool.host, show: ({ host }) => host },
  { name: '', title: t.operate.spool.folder, show: ({ folder }) => <code>{folder}</code> },
  { name: '', title: t.operate.spool.clicks, number: true, show: ({ clicks }) => count(clicks) },
  { name: '', title: t.operate.spool.bytes, number: true, show: (spool) => bytes(spool.bytes) },
  { name: '', title: t.operate.spool.told, show: ({ at_ms }) => time(at_ms) },
];
