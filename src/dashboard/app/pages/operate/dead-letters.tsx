/** Rows that could not be processed: why, what they are, and back on their log once the reason is gone. */
import type { JSX } from 'react';
import { type AnswerOf, addressOf } from '../../api.ts';
import { count, time } from '../../format.ts';
import { go, type Place, usePlace, withQuery } from '../../location.ts';
import { Bars } from '../../parts/bars.tsx';
import { Act } from '../../parts/operator-act.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Pages, Table } from '../../parts/table.tsx';
import { focusHeading, Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

type Answer = AnswerOf<'/v2/dead-letters'>;
type Letter = Answer['dead_letters'][number];

export function DeadLettersPage(): JSX.Element {
  const place = usePlace();
  const { log, reason, page } = place.query;
  const answer = useAnswer('/v2/dead-letters', { log, reason, page });
  const again = (): void => {
    focusHeading();
    answer.again();
  };
  return (
    <div>
      <Title text={t.operate.pages['dead-letters']} />
      <Answered answer={answer} show={(found) => <Letters found={found} place={place} again={again} />} />
    </div>
  );
}

function Letters({ found, place, again }: { found: Answer; place: Place; again: () => void }): JSX.Element {
  const { dead_letters, reasons, page, per_page, total } = found;
  if (reasons.length === 0) return <Empty>{t.operate.letters.none}</Empty>;
  const { reason = '' } = place.query;
  return (
    <>
      <h2>{t.operate.letters.reasons}</h2>
      <Reasons reasons={reasons} place={place} />
      {reason !== '' && total > 0 && (
        <div className="actions">
          <Act
            button={t.operate.letters.replay_all(count(total))}
            question={t.operate.letters.replay_all_ask(count(total))}
            always_ask
            work={async (send) => {
              const { log } = place.query;
              const { replayed, left } = await send<{ replayed: number; left: number }>(
                'POST',
                '/v2/dead-letters/replay',
                { reason, ...(log !== undefined && { log }) },
              );
              return t.operate.letters.replayed(count(replayed), count(left));
            }}
            done={again}
          />
        </div>
      )}
      <h2>{t.operate.pages['dead-letters']}</h2>
      {dead_letters.length === 0 ? (
        <Empty>{t.operate.letters.none}</Empty>
      ) : (
        <Table
          file="dead-letters"
          caption={t.operate.pages['dead-letters']}
          columns={columnsOf(again)}
          rows={dead_letters}
          id={({ dead_letter_id }) => dead_letter_id}
          stacked
        />
      )}
      <Pages place={place} page={page} per_page={per_page} total={total} />
    </>
  );
}

/** One of them filters the list; the same again takes the filter away. */
function Reasons({ reasons, place }: { reasons: Answer['reasons']; place: Place }): JSX.Element {
  const most = Math.max(1, ...reasons.map((one) => one.count));
  return (
    <Bars
      items={reasons.map((one) => {
        const chosen = place.query['reason'] === one.reason && place.query['log'] === one.log;
        const filter = chosen ? { reason: '', log: '' } : { reason: one.reason, log: one.log };
        return {
          key: `${one.log} ${one.reason}`,
          label: `${one.log}: ${one.reason}`,
          share: one.count / most,
          text: count(one.count),
          chosen,
          pick: () => go(withQuery(place, filter)),
        };
      })}
    />
  );
}

const columnsOf = (again: () => void): Column<Letter>[] => [
  {
    name: '',
    title: t.operate.letters.logged,
    show: ({ logged_at_ms }) => time(logged_at_ms),
  },
  { name: '', title: t.operate.letters.log, show: ({ log, partition }) => `${log}, p${partition}` },
  { name: '', title: t.operate.letters.reason, show: ({ reason }) => reason },
  {
    name: '',
    title: t.operate.letters.row,
    show: ({ row, dead_letter_id, process }) => (
      <details>
        <summary>{t.operate.letters.row}</summary>
        <p className="said">
          <code>{dead_letter_id}</code> {process}
        </p>
        <code className="raw">{row}</code>
      </details>
    ),
  },
  {
    name: '',
    title: t.members.actions,
    show: ({ dead_letter_id: id }) => {
      const address = addressOf('/v2/dead-letters/{id}', { id });
      return (
        <div className="actions">
          <Act
            button={t.operate.letters.replay}
            label={t.operate.letters.replay_of(id)}
            question={t.operate.letters.replay_ask}
            work={(send) => send('POST', `${address}/replay`).then(() => t.operate.done)}
            done={again}
          />
          <Act
            button={t.operate.letters.discard}
            label={t.operate.letters.discard_of(id)}
            question={t.operate.letters.discard_ask}
            always_ask
            work={(send) => send('DELETE', address).then(() => t.operate.done)}
            done={again}
          />
        </div>
      );
    },
  },
];
