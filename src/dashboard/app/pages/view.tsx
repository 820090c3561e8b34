/** One saved view: its name and range, its shared address, and the reports of it that are sent. */
import type { JSX } from 'react';
import { Field, Form, Initial } from '../parts/form.tsx';
import { Schedules } from '../parts/schedules.tsx';
import { ShareSettings } from '../parts/share-settings.tsx';
import { Answered } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { change } from '../save.ts';
import { hrefOf, type View } from '../saved-views.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

export function ViewPage({ id, may_change }: { id: string; may_change: boolean }): JSX.Element {
  const answer = useAnswer('/v2/views/{view_id}', { view_id: id });
  return (
    <div>
      <p className="crumbs">
        <a href="/views">{t.views.title}</a>
      </p>
      <Title text={answer.value?.name ?? id} />
      <Answered
        answer={answer}
        show={(view) => (
          <>
            <p>
              <a className="button" href={hrefOf(view)}>
                {t.views.show}
              </a>
            </p>
            {may_change && <NameForm view={view} key={view.updated_at} />}
            {view.why_not_shared === null ? (
              <>
                <ShareSettings view={view} may_change={may_change} />
                <Schedules view={view} may_change={may_change} />
              </>
            ) : (
              <p className="notice">{t.views.not_shared(view.why_not_shared)}</p>
            )}
          </>
        )}
      />
    </div>
  );
}

function NameForm({ view }: { view: View }): JSX.Element {
  return (
    <section>
      <h2>{t.views.name_and_range}</h2>
      <Initial.Provider value={{ name: view.name, days: view.days === null ? '' : String(view.days) }}>
        <Form
          button={t.edit.save}
          quiet
          submit={async ({ name = '', days = '' }) => {
            const wanted = { name: name.trim(), days: daysOf(days) };
            await change<Pick<View, 'name' | 'days'>>(
              `/v2/views/${view.view_id}`,
              view,
              wanted,
              t.edit.saved,
            );
            return 'keep';
          }}
        >
          <Field name="name" label={t.make.name} />
          <Field name="days" label={t.views.days} help={t.views.days_help} inputmode="numeric" optional />
        </Form>
      </Initial.Provider>
    </section>
  );
}

/** What is no number goes to the API as it is, which says so. */
function daysOf(text: string): number | null {
  if (text.trim() === '') return null;
  return Number.isNaN(Number(text)) ? (text as unknown as number) : Number(text);
}
