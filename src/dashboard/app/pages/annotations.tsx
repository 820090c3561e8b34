/** What happened when: sentences that the charts over time show as marks. Listed, made, changed and removed here. */
import { type JSX, useState } from 'react';
import { type AnswerOf, ask, send } from '../api.ts';
import { time, timeZone } from '../format.ts';
import { usePlace } from '../location.ts';
import { Field, Form, Initial } from '../parts/form.tsx';
import { notify } from '../parts/notify.ts';
import { Picker, useNames } from '../parts/picker.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { focusHeading, Title } from '../parts/title.tsx';
import { change, make } from '../save.ts';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';
import { clockOf, editedInstant } from '../zone-time.ts';

type Annotation = AnswerOf<'/v2/annotations'>['annotations'][number];
type Fields = Pick<Annotation, 'at' | 'text' | 'campaign_id'>;

export function AnnotationsPage({ may_change }: { may_change: boolean }): JSX.Element {
  const answer = useAnswer('/v2/annotations', {});
  const names = useNames('campaigns');
  const [edited, setEdited] = useState<Annotation>();
  const columns = columnsOf(names);
  return (
    <div>
      <Title text={t.pages.annotations} />
      <p className="muted">{t.annotations.about}</p>
      {may_change && (
        <AnnotationForm
          key={edited?.annotation_id ?? ''}
          edited={edited}
          done={() => {
            setEdited(undefined);
            focusHeading();
          }}
        />
      )}
      <Answered
        answer={answer}
        show={({ annotations }) =>
          annotations.length === 0 ? (
            <Empty>{t.annotations.none}</Empty>
          ) : (
            <Table
              caption={t.pages.annotations}
              stacked
              columns={may_change ? [...columns, actions(setEdited)] : columns}
              rows={annotations.toReversed()}
              id={({ annotation_id }) => annotation_id}
              file="annotations"
            />
          )
        }
      />
    </div>
  );
}

const columnsOf = (names: ReadonlyMap<string, string>): Column<Annotation>[] => [
  { name: '', title: t.annotations.text, show: ({ text }) => text },
  { name: '', title: t.annotations.at, show: ({ at }) => time(at, 'short') },
  {
    name: '',
    title: t.kinds.campaigns,
    show: ({ campaign_id }) =>
      campaign_id === null ? (
        t.annotations.all
      ) : (
        <a href={`/campaigns/${encodeURIComponent(campaign_id)}`}>{names.get(campaign_id) ?? campaign_id}</a>
      ),
  },
  { name: '', title: t.views.by, show: ({ created_by }) => created_by },
];

const actions = (edit: (annotation: Annotation) => void): Column<Annotation> => ({
  name: '',
  title: t.members.actions,
  show: (annotation) => (
    <div className="actions">
      <button
        type="button"
        aria-label={t.annotations.change_of(annotation.text)}
        onClick={() => edit(annotation)}
      >
        {t.annotations.change}
      </button>
      <button
        type="button"
        aria-label={t.views.remove_of(annotation.text)}
        onClick={() => remove(annotation)}
      >
        {t.shared.remove}
      </button>
    </div>
  ),
});

/** Of a new one, or of one that is changed. */
function AnnotationForm({ edited, done }: { edited: Annotation | undefined; done: () => void }): JSX.Element {
  const { query } = usePlace();
  const [campaign_id, setCampaign] = useState(
    edited ? (edited.campaign_id ?? '') : (query['campaign_id'] ?? ''),
  );
  const [now] = useState(() => new Date().toISOString());
  const initial = { text: edited?.text ?? '', at: clockOf(edited?.at ?? now, timeZone()) };
  const submit = async ({ text = '', at = '' }): Promise<unknown> => {
    const wanted: Fields = {
      text: text.trim(),
      at: editedInstant(at, edited?.at ?? null, timeZone()) ?? '',
      campaign_id: campaign_id === '' ? null : campaign_id,
    };
    if (edited === undefined) return make('/v2/annotations', wanted, t.annotations.made(wanted.text));
    const { annotation_id } = edited;
    await change<Fields>(`/v2/annotations/${annotation_id}`, edited, wanted, t.edit.saved, async () => {
      const { annotations } = await ask('/v2/annotations', {});
      const stored = annotations.find((one) => one.annotation_id === annotation_id);
      if (stored === undefined) throw new Error(t.edit.changed_since);
      return stored;
    });
    done();
    return 'keep';
  };
  return (
    <section className="head" aria-labelledby="annotation-form">
      <h2 id="annotation-form" className="first">
        {edited === undefined ? t.annotations.new : t.annotations.change_of(edited.text)}
      </h2>
      <Initial.Provider value={initial}>
        <Form button={edited === undefined ? t.annotations.make : t.edit.save} submit={submit}>
          <Field
            name="text"
            label={t.annotations.text}
            placeholder={t.annotations.text_hint}
            help={t.annotations.text_help}
            autofocus={edited !== undefined}
          />
          <Field
            name="at"
            type="datetime-local"
            label={t.annotations.at}
            help={t.annotations.at_help(timeZone())}
          />
          <Picker
            kind="campaigns"
            label={t.kinds.campaigns}
            value={campaign_id}
            none={t.annotations.all}
            chosen={setCampaign}
          />
        </Form>
      </Initial.Provider>
      {edited !== undefined && (
        <p>
          <button type="button" onClick={done}>
            {t.shared.cancel}
          </button>
        </p>
      )}
    </section>
  );
}

function remove({ annotation_id, at, text, campaign_id }: Annotation): void {
  const refresh = (): void => void queries.invalidateQueries();
  send('DELETE', `/v2/annotations/${annotation_id}`).then(
    () => {
      refresh();
      focusHeading();
      notify({
        text: t.views.removed(text),
        undo: async () => {
          await send('POST', '/v2/annotations', { at, text, campaign_id });
          refresh();
        },
      });
    },
    ({ message }: Error) => notify({ text: message }),
  );
}
