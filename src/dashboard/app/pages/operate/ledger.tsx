/** The click ledger by minute and process: what was answered must be in the reports; what differs says at which stage. */
import type { JSX } from 'react';
import type { AnswerOf } from '../../api.ts';
import { count, time } from '../../format.ts';
import { go, usePlace, withQuery } from '../../location.ts';
import { Cards } from '../../parts/cards.tsx';
import { State, type Tone } from '../../parts/operate.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

const ASK_EVERY_MS = 15_000;
const MINUTE_MS = 60_000;
const CHOICES = [60, 180, 720, 1_440];
/** More would make the page slow; the API has them all. */
const ROWS_SHOWN_MAX = 500;
type Ledger = AnswerOf<'/v2/ledger'>;
type Row = Ledger['rows'][number];
const TONES: Record<Row['state'], Tone> = { open: 'warn', balanced: 'good', drift: 'bad' };
const STAGES = [
  ...(['answered', 'refused', 'lost', 'logged', 'read', 'kept', 'dead_lettered', 'inserted'] as const),
];

/** A whole minute, so that the address of the question stays for as long. */
const before = (minutes: number): string =>
  new Date(Math.floor(Date.now() / MINUTE_MS - minutes) * MINUTE_MS).toISOString();

export function LedgerPage(): JSX.Element {
  const place = usePlace();
  const minutes = CHOICES.find((one) => String(one) === place.query['minutes']) ?? 60;
  const only_drift = place.query['rows'] === 'drift';
  const answer = useAnswer('/v2/ledger', { from: before(minutes) }, { every_ms: ASK_EVERY_MS });
  return (
    <div>
      <Title text={t.operate.pages.ledger} />
      <div className="tools">
        <select
          aria-label={t.operate.minutes}
          value={String(minutes)}
          onChange={(event) => go(withQuery(place, { minutes: event.target.value }), true)}
        >
          {CHOICES.map((one) => (
            <option key={one} value={String(one)}>
              {t.operate.of_last(one)}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="quiet"
          aria-pressed={only_drift}
          onClick={() => go(withQuery(place, { rows: only_drift ? '' : 'drift' }))}
        >
          {t.operate.only_drift}
        </button>
      </div>
      <Answered answer={answer} show={(ledger) => <Rows ledger={ledger} only_drift={only_drift} />} />
    </div>
  );
}

function Rows({
  ledger: { rows, totals },
  only_drift,
}: {
  ledger: Ledger;
  only_drift: boolean;
}): JSX.Element {
  const wanted = rows.filter(({ state }) => !only_drift || state === 'drift');
  const none = only_drift && rows.length > 0 ? t.operate.no_drift : t.operate.no_rows;
  return (
    <>
      <Cards
        label={t.operate.pages.ledger}
        cards={[
          { name: t.health.drift, value: count(totals.drift_rows) },
          { name: t.operate.counts.answered, value: count(totals.answered) },
          { name: t.operate.counts.inserted, value: count(totals.inserted) },
          { name: t.operate.spooled, value: count(totals.spooled) },
        ]}
      />
      {wanted.length > ROWS_SHOWN_MAX && (
        <p className="muted">{t.operate.rows_shown(count(ROWS_SHOWN_MAX), count(wanted.length))}</p>
      )}
      {wanted.length === 0 ? (
        <Empty>{none}</Empty>
      ) : (
        <Table
          caption={t.operate.pages.ledger}
          columns={COLUMNS}
          rows={wanted.slice(0, ROWS_SHOWN_MAX)}
          file="ledger"
        />
      )}
    </>
  );
}

const COLUMNS: Column<Row>[] = [
  { name: '', title: t.operate.minute, show: ({ minute }) => time(minute, 'short') },
  { name: '', title: t.operate.process, show: ({ process }) => process },
  {
    name: '',
    title: t.operate.state,
    show: ({ state, drift }) => (
      <>
        <State tone={TONES[state]} text={t.operate.ledger_states[state]} />
        {drift !== undefined && (
          <p className="said">
            {t.operate.drift[drift.stage](count(drift.rows))}
            {drift.batches.length > 0 && ` ${t.operate.batches(drift.batches.join(', '))}`}
          </p>
        )}
      </>
    ),
  },
  ...STAGES.map(
    (stage): Column<Row> => ({
      ...{ name: '', title: t.operate.counts[stage], number: true },
      show: (row) => count(row[stage]),
    }),
  ),
];
