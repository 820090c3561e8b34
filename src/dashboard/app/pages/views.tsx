/** The saved views of the account: to open, to share and schedule, to remove. */
import type { JSX } from 'react';
import { send } from '../api.ts';
import { notify } from '../parts/notify.ts';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { focusHeading, Title } from '../parts/title.tsx';
import { hrefOf, type Schedule, type View } from '../saved-views.ts';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';

export function ViewsPage({ may_change }: { may_change: boolean }): JSX.Element {
  const answer = useAnswer('/v2/views', {});
  const schedules = useAnswer('/v2/schedules', {});
  const columns = columnsOf(schedules.value?.schedules ?? [], may_change);
  return (
    <div>
      <Title text={t.views.title} />
      <Answered
        answer={answer}
        show={({ views }) =>
          views.length === 0 ? (
            <Empty>{t.views.none}</Empty>
          ) : (
            <Table
              caption={t.views.title}
              stacked
              columns={columns}
              rows={views}
              id={({ view_id }) => view_id}
            />
          )
        }
      />
    </div>
  );
}

function columnsOf(schedules: readonly Schedule[], may_change: boolean): Column<View>[] {
  const columns: Column<View>[] = [
    { name: '', title: t.make.name, show: (view) => <a href={hrefOf(view)}>{view.name}</a> },
    {
      name: '',
      title: t.views.page,
      show: ({ path, days }) => (
        <span>
          <code>{path}</code>
          {days !== null && <span className="note">{` ${t.views.last_days(days)}`}</span>}
        </span>
      ),
    },
    { name: '', title: t.views.shared, show: sharedState },
    {
      name: '',
      title: t.views.reports,
      show: ({ view_id }) => {
        const own = schedules.filter((one) => one.view_id === view_id);
        return own.length === 0 ? t.views.no_reports : t.views.scheduled(own.length);
      },
    },
    { name: '', title: t.views.by, show: ({ created_by }) => created_by },
  ];
  return may_change ? [...columns, { name: '', title: t.members.actions, show: actionsOf }] : columns;
}

function sharedState({ share, private: is_private }: View): string {
  if (share === null) return is_private ? t.views.state_private : '–';
  if (!share.enabled) return t.views.state_off;
  const ended = share.expires_at !== null && Date.parse(share.expires_at) < Date.now();
  return ended ? t.views.state_ended : t.views.state_shared;
}

function actionsOf(view: View): JSX.Element {
  const { name, view_id } = view;
  return (
    <div className="actions">
      <a className="button" href={`/views/${view_id}`} aria-label={t.views.settings_of(name)}>
        {t.views.settings}
      </a>
      <button type="button" aria-label={t.views.remove_of(name)} onClick={() => remove(view)}>
        {t.shared.remove}
      </button>
    </div>
  );
}

/** Nobody else reads a view that may be removed: it can be made again as it was. */
function remove({ view_id, name, path, query, days, private: is_private }: View): void {
  const refresh = (): void => void queries.invalidateQueries();
  send('DELETE', `/v2/views/${view_id}`).then(
    () => {
      refresh();
      focusHeading();
      notify({
        text: t.views.removed(name),
        undo: async () => {
          await send('POST', '/v2/views', { name, path, query, days, private: is_private });
          refresh();
        },
      });
    },
    ({ message }: Error) => notify({ text: message }),
  );
}
