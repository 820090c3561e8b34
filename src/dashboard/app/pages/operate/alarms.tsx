/** The alarms as they stand now: what fires, since when, and what the runbook says to do. */
import type { JSX } from 'react';
import type { AnswerOf } from '../../api.ts';
import { span, time } from '../../format.ts';
import { Help, State, type Tone } from '../../parts/operate.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

const ASK_EVERY_MS = 5_000;
const PREFIX = 'Trackly';
type Alarm = AnswerOf<'/v2/operations/alarms'>['alarms'][number];
const TONES: Record<Alarm['state'], Tone> = { firing: 'bad', pending: 'warn', quiet: 'good', elsewhere: '' };

export function AlarmsPage(): JSX.Element {
  const answer = useAnswer('/v2/operations/alarms', {}, { every_ms: ASK_EVERY_MS });
  return (
    <div>
      <Title text={t.operate.pages.alarms} />
      <Answered answer={answer} show={({ alarms }) => <Alarms alarms={alarms} />} />
    </div>
  );
}

function Alarms({ alarms }: { alarms: readonly Alarm[] }): JSX.Element {
  const firing = alarms.filter(({ state }) => state === 'firing');
  const causes = [...firing, ...alarms.filter(({ state }) => state === 'pending')];
  const judged = alarms.filter(({ state }) => state !== 'elsewhere').length;
  return (
    <>
      <p role="status">
        {firing.length === 0 ? t.operate.none_fires(judged) : t.operate.firing(firing.length)}
      </p>
      {causes.map((alarm) => (
        <One key={alarm.name} alarm={alarm} />
      ))}
      <h2>{t.operate.others}</h2>
      {alarms.length === causes.length ? (
        <Empty>{t.shared.none}</Empty>
      ) : (
        <Table
          file="alarms"
          caption={t.operate.others}
          columns={COLUMNS}
          rows={alarms.filter((one) => !causes.includes(one))}
          id={({ name }) => name}
          stacked
        />
      )}
    </>
  );
}

function One({ alarm }: { alarm: Alarm }): JSX.Element {
  const { name, state, severity, since, found, means, help } = alarm;
  return (
    <section className="card domain" aria-label={name}>
      <h2 className="first domain-title">
        {name} <State tone={TONES[state]} text={t.operate.alarm_states[state]} />
        <State tone={severity === 'page' ? 'bad' : ''} text={t.operate.severity[severity]} />
      </h2>
      <p>
        <strong>{found}</strong>
        {since !== null &&
          ` ${t.operate.since_time(time(since), span(Math.max(0, Date.now() - Date.parse(since))))}`}
      </p>
      <p className="muted">{means}</p>
      {alarm.do !== '' && <p className="raw">{alarm.do}</p>}
      <p>
        <a href={help}>{t.operate.more}</a>
      </p>
    </section>
  );
}

/** All begin with one word: a narrow column breaks behind it. */
const nameOf = ({ name }: Alarm): JSX.Element => (
  <>
    {name.slice(0, PREFIX.length)}
    <wbr />
    {name.slice(PREFIX.length)}
  </>
);

const COLUMNS: Column<Alarm>[] = [
  { name: '', title: t.operate.name, show: nameOf },
  {
    name: '',
    title: t.operate.state,
    show: ({ state }) => <State tone={TONES[state]} text={t.operate.alarm_states[state]} />,
  },
  { name: '', title: t.operate.means, show: ({ means }) => means },
  { name: '', title: t.operate.runbook, show: ({ help, name }) => <Help href={help} of={name} /> },
];
