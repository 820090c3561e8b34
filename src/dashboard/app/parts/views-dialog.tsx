/** The saved views, to open one, and the page as it is now, to be saved as another; Base UI's dialog keeps the focus. */
import { Dialog } from '@base-ui/react/dialog';
import type { JSX } from 'react';
import { go, type Place, usePlace } from '../location.ts';
import { make } from '../save.ts';
import { addressAsView, hrefOf, lastDaysOf } from '../saved-views.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { Choice, Field, Form } from './form.tsx';
import { Answered } from './states.tsx';

export interface ViewsDialogProps {
  may_save: boolean;
  /** A key has no view of its own. */
  is_member: boolean;
  closed: () => void;
}

export function ViewsDialog({ may_save, is_member, closed }: ViewsDialogProps): JSX.Element {
  const answer = useAnswer('/v2/views', {});
  return (
    <Dialog.Root open onOpenChange={(is_open) => !is_open && closed()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog palette">
          <Dialog.Title className="dialog-title in-dialog">{t.views.title}</Dialog.Title>
          <Answered
            answer={answer}
            show={({ views }) =>
              views.length === 0 ? (
                <p className="muted in-dialog">{t.views.none}</p>
              ) : (
                <ul>
                  {views.map((view) => (
                    <ViewLink
                      key={view.view_id}
                      href={hrefOf(view)}
                      name={view.name}
                      note={view.days === null ? '' : t.views.last_days(view.days)}
                      closed={closed}
                    />
                  ))}
                  <ViewLink href="/views" name={t.views.manage} note="" closed={closed} />
                </ul>
              )
            }
          />
          {may_save && <SaveForm is_member={is_member} saved={closed} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function ViewLink({
  href,
  name,
  note,
  closed,
}: {
  href: string;
  name: string;
  note: string;
  closed: () => void;
}): JSX.Element {
  return (
    <li>
      <a
        href={href}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return;
          event.preventDefault();
          closed();
          go(href);
        }}
      >
        <span>{name}</span> <span className="note">{note}</span>
      </a>
    </li>
  );
}

/** In place of a number of days: the dates as they are. */
const DATES = 'dates';

function SaveForm({ is_member, saved }: { is_member: boolean; saved: () => void }): JSX.Element {
  const place = usePlace();
  return (
    <section className="in-dialog" aria-labelledby="save-view">
      <h2 id="save-view">{t.views.save}</h2>
      <p className="note">{t.views.save_about}</p>
      <Form
        button={t.views.save}
        submit={async ({ name = '', days = DATES, ...given }) => {
          const chosen = days === DATES ? null : Number(days);
          const body = {
            name: name.trim(),
            ...addressAsView(place, chosen),
            private: given['private'] !== undefined,
          };
          await make('/v2/views', body, t.views.saved(body.name));
          saved();
        }}
      >
        <Field name="name" label={t.make.name} placeholder={t.views.name_hint} />
        <Choice name="days" label={t.views.range} choices={rangesOf(place)} />
        {is_member && (
          <label className="check">
            <input type="checkbox" className="tick" name="private" />
            <span>{t.views.private}</span>
          </label>
        )}
      </Form>
    </section>
  );
}

function rangesOf(place: Place): [string, string][] {
  const { from, to } = place.query;
  const days = lastDaysOf(place);
  if (!from && !to) return [[DATES, t.views.as_page]];
  const dates: [string, string] = [DATES, t.views.these_dates];
  return days === undefined ? [dates] : [[String(days), t.views.last_days(days)], dates];
}
