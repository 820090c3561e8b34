/** What the operator has taken down of any account: why, taking down one thing more, and opening one again. */
import type { JSX } from 'react';
import { heldKey } from '../../admin-key.ts';
import { type AnswerOf, addressOf } from '../../api.ts';
import { time } from '../../format.ts';
import { usePlace } from '../../location.ts';
import { Choice, Field, Form } from '../../parts/form.tsx';
import { notify } from '../../parts/notify.ts';
import { Act, KeyField, needsKey, withKey } from '../../parts/operator-act.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Pages, Table } from '../../parts/table.tsx';
import { focusHeading, Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

type Takedown = AnswerOf<'/v2/takedowns'>['takedowns'][number];
const WORDS = t.operate.takedown;
const KINDS = ['link', 'offer', 'domain'] as const;

export function TakedownsPage(): JSX.Element {
  const place = usePlace();
  const answer = useAnswer('/v2/takedowns', { page: place.query['page'] });
  const again = (): void => {
    focusHeading();
    answer.again();
  };
  return (
    <div>
      <Title text={t.operate.pages.takedowns} />
      <Answered
        answer={answer}
        show={({ takedowns, ...paging }) =>
          takedowns.length === 0 ? (
            <Empty>{WORDS.none}</Empty>
          ) : (
            <>
              <Table
                file="takedowns"
                caption={t.operate.pages.takedowns}
                columns={columnsOf(again)}
                rows={takedowns}
                id={({ takedown_id }) => takedown_id}
                stacked
              />
              <Pages place={place} {...paging} />
            </>
          )
        }
      />
      <h2>{WORDS.take_down}</h2>
      <p className="muted">{WORDS.about}</p>
      <Form
        button={WORDS.take_down}
        submit={async ({ key, kind, id = '', reason = '' }) => {
          const wanted = { kind, id: id.trim(), reason: reason.trim() };
          await withKey(key ?? heldKey(), (send) => send('POST', '/v2/takedowns', wanted));
          notify({ text: WORDS.taken_down(wanted.id) });
          again();
        }}
      >
        <Choice
          name="kind"
          label={WORDS.kind}
          choices={KINDS.map((kind) => [kind, WORDS.kinds[kind]] as const)}
          initial="link"
        />
        <Field name="id" label={WORDS.id} help={WORDS.id_help} />
        <Field name="reason" label={t.operate.letters.reason} help={WORDS.reason_help} />
        {needsKey() && <KeyField />}
      </Form>
    </div>
  );
}

const columnsOf = (again: () => void): Column<Takedown>[] => [
  { name: '', title: WORDS.kind, show: ({ kind }) => WORDS.kinds[kind] },
  { name: '', title: WORDS.id, show: ({ id }) => <code>{id}</code> },
  {
    name: '',
    title: t.operate.certificate.account,
    show: ({ account_id }) => <code>{account_id || '–'}</code>,
  },
  { name: '', title: t.operate.letters.reason, show: ({ reason }) => reason },
  { name: '', title: WORDS.since, show: ({ created_at }) => time(created_at, 'short') },
  {
    name: '',
    title: t.members.actions,
    show: ({ takedown_id, id }) => (
      <Act
        button={WORDS.lift}
        label={WORDS.lift_of(id)}
        question={WORDS.lift_ask}
        work={(send) =>
          send('DELETE', addressOf('/v2/takedowns/{id}', { id: takedown_id })).then(() => t.operate.done)
        }
        done={again}
      />
    ),
  },
];
