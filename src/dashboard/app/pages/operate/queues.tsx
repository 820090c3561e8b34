/** The queues of the workers: how much waits in each, which jobs, why they failed, and one started before its time. */
import type { JSX } from 'react';
import { type AnswerOf, addressOf } from '../../api.ts';
import { count, time } from '../../format.ts';
import { type Place, usePlace, withQuery } from '../../location.ts';
import { Act } from '../../parts/operator-act.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

const ASK_EVERY_MS = 3_000;
const STATES = ['waiting', 'active', 'delayed', 'failed'] as const;
type State = (typeof STATES)[number];
type Queue = AnswerOf<'/v2/operations/queues'>['queues'][number];
type Job = AnswerOf<'/v2/operations/queues/{queue}/jobs'>['jobs'][number];

export function QueuesPage(): JSX.Element {
  const place = usePlace();
  const { queue = '' } = place.query;
  const state = STATES.find((one) => one === place.query['state']) ?? 'waiting';
  const answer = useAnswer('/v2/operations/queues', {}, { every_ms: ASK_EVERY_MS });
  return (
    <div>
      <Title text={t.operate.pages.queues} />
      <Answered
        answer={answer}
        show={({ queues }) => (
          <Table
            file="queues"
            caption={t.operate.pages.queues}
            columns={columnsOf(place)}
            rows={queues}
            id={({ queue }) => queue}
            stacked
          />
        )}
      />
      {queue === '' ? (
        <p className="muted">{t.operate.queue.choose}</p>
      ) : (
        <Jobs queue={queue} state={state} key={`${queue} ${state}`} />
      )}
    </div>
  );
}

const columnsOf = (place: Place): Column<Queue>[] => [
  { name: '', title: t.operate.queue.queue, show: ({ queue }) => queue },
  ...STATES.map(
    (state): Column<Queue> => ({
      ...{ name: '', title: t.operate.queue[state], number: true },
      show: ({ queue, counts }) => (
        <a
          href={withQuery(place, { queue, state })}
          aria-label={`${t.operate.queue.jobs_of(queue, t.operate.queue[state])}: ${count(counts[state])}`}
        >
          {count(counts[state])}
        </a>
      ),
    }),
  ),
];

function Jobs({ queue, state }: { queue: string; state: State }): JSX.Element {
  const answer = useAnswer(
    '/v2/operations/queues/{queue}/jobs',
    { queue, state },
    { every_ms: ASK_EVERY_MS },
  );
  const title = t.operate.queue.jobs_of(queue, t.operate.queue[state]);
  const may_start = state === 'delayed' || state === 'failed';
  const columns = may_start ? [...COLUMNS, actionOf(queue, answer.again)] : COLUMNS;
  return (
    <>
      <h2>{title}</h2>
      <Answered
        answer={answer}
        show={({ jobs }) =>
          jobs.length === 0 ? (
            <Empty>{t.operate.queue.none}</Empty>
          ) : (
            <Table caption={title} columns={columns} rows={jobs} file="jobs" id={({ id }) => id} stacked />
          )
        }
      />
    </>
  );
}

const COLUMNS: Column<Job>[] = [
  { name: '', title: t.operate.queue.job, show: ({ id }) => <code>{id}</code> },
  { name: '', title: t.operate.queue.added, show: ({ added_at }) => time(added_at, 'short') },
  { name: '', title: t.operate.queue.due, show: ({ due_at }) => time(due_at) },
  { name: '', title: t.operate.queue.attempts, number: true, show: ({ attempts }) => count(attempts) },
  { name: '', title: t.operate.queue.error, show: ({ failed_reason }) => failed_reason || '–' },
];

const actionOf = (queue: string, again: () => void): Column<Job> => ({
  name: '',
  title: t.members.actions,
  show: ({ id }) => (
    <Act
      button={t.operate.queue.retry}
      label={t.operate.queue.retry_of(id)}
      question={t.operate.queue.retry_ask}
      work={(send) =>
        send('POST', addressOf('/v2/operations/queues/{queue}/jobs/{id}/retry', { queue, id })).then(
          () => t.operate.done,
        )
      }
      done={again}
    />
  ),
});
