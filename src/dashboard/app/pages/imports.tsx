/** Imports of history: a new one from a file, and those that were made, with their progress and undo. */
import type { JSX } from 'react';
import { type AnswerOf, addressOf, send } from '../api.ts';
import { count, time } from '../format.ts';
import { usePlace } from '../location.ts';
import { Confirm } from '../parts/confirm.tsx';
import { ImportErrors, ImportFile } from '../parts/import-file.tsx';
import { notify } from '../parts/notify.ts';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Pages, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';

type Import = AnswerOf<'/v2/imports'>['imports'][number];
const PER_PAGE = 20;
/** While one of them is at work. */
const LOOK_EVERY_MS = 2_000;
const OPEN: readonly Import['state'][] = ['reading', 'applying', 'undoing'];

const stateOf = ({ state, steps, steps_done, rows }: Import): string => {
  if (state === 'applying' && steps > 0) return t.imports.progress(Math.floor((100 * steps_done) / steps));
  if (state === 'reading') return t.imports.rows_read(count(rows));
  return t.imports.states[state];
};

function columnsOf(may_change: boolean): Column<Import>[] {
  const undo = ({ import_id }: Import): void => {
    send('POST', addressOf(`/v2/imports/${encodeURIComponent(import_id)}/undo`)).then(
      () => void queries.invalidateQueries(),
      (error: Error) => notify({ text: error.message }),
    );
  };
  return [
    {
      name: '',
      title: t.reconcile.file,
      show: ({ file_name, import_id, errors }) => (
        <>
          {file_name || import_id}
          {errors.length > 0 && (
            <details>
              <summary>{t.imports.errors}</summary>
              <ImportErrors errors={errors} />
            </details>
          )}
        </>
      ),
    },
    { name: '', title: t.imports.kind, show: ({ kind }) => t.imports.kinds[kind] },
    { name: '', title: t.imports.made, show: ({ created_at }) => time(created_at, 'short') },
    { name: '', title: t.reconcile.by, show: ({ created_by }) => created_by },
    { name: '', title: t.imports.state, show: stateOf },
    { name: '', title: t.imports.added, number: true, show: ({ added }) => count(added) },
    { name: '', title: t.imports.duplicates, number: true, show: ({ duplicates }) => count(duplicates) },
    { name: '', title: t.imports.failed, number: true, show: ({ failed }) => count(failed) },
    {
      name: '',
      title: t.imports.undo,
      show: (run) =>
        may_change && ['done', 'applying', 'interrupted', 'failed'].includes(run.state) ? (
          <Confirm
            button={t.imports.undo}
            label={t.imports.undo_of(run.file_name || run.import_id)}
            question={t.imports.undo_question}
            confirmed={() => undo(run)}
          />
        ) : (
          '–'
        ),
    },
  ];
}

export function ImportsPage({ may_change }: { may_change: boolean }): JSX.Element {
  const place = usePlace();
  const parameters = { page: place.query['page'], per_page: PER_PAGE };
  const answer = useAnswer('/v2/imports', parameters, {
    every_ms: (last) => (last?.imports.some(({ state }) => OPEN.includes(state)) ? LOOK_EVERY_MS : undefined),
  });
  return (
    <div>
      <Title text={t.pages.imports} />
      {may_change && <ImportFile />}
      <h2>{t.imports.list}</h2>
      <Answered
        answer={answer}
        show={({ imports, page, per_page, total }) =>
          total === 0 ? (
            <Empty>
              <p>{t.imports.none}</p>
              <p>
                <a href={addressOf('/guides/imports')}>{t.imports.how}</a>
              </p>
            </Empty>
          ) : (
            <div>
              <Table
                caption={t.imports.list}
                columns={columnsOf(may_change)}
                rows={imports}
                stacked
                id={({ import_id }) => import_id}
              />
              <Pages place={place} page={page} per_page={per_page} total={total} />
            </div>
          )
        }
      />
    </div>
  );
}
