/** The secret address of a view: made with columns, an end and a password; turned off and on; ended. */
import { type JSX, useState } from 'react';
import { ask, send } from '../api.ts';
import type { Values } from '../drafts.ts';
import { count, time, timeZone } from '../format.ts';
import { make } from '../save.ts';
import type { View } from '../saved-views.ts';
import { t } from '../strings/strings.ts';
import { queries } from '../use-answer.ts';
import { clockOf, editedInstant } from '../zone-time.ts';
import { ColumnChoice, columnsOf } from './column-choice.tsx';
import { Confirm } from './confirm.tsx';
import { Copy } from './copy.tsx';
import { Field, Form, Initial } from './form.tsx';
import { notify } from './notify.ts';
import { Failed } from './states.tsx';

type Share = NonNullable<View['share']>;

export function ShareSettings({ view, may_change }: { view: View; may_change: boolean }): JSX.Element {
  const { share } = view;
  return (
    <section>
      <h2>{t.views.share}</h2>
      <p className="muted">{t.views.share_about}</p>
      {share !== null && <Address view={view} share={share} may_change={may_change} />}
      {may_change && (
        <Initial.Provider
          value={{ expires_at: share?.expires_at ? clockOf(share.expires_at, timeZone()) : '' }}
        >
          <ShareForm view={view} key={view.updated_at} />
        </Initial.Provider>
      )}
    </section>
  );
}

function ShareForm({ view }: { view: View }): JSX.Element {
  const { share } = view;
  const address = `/v2/views/${view.view_id}/share`;
  return (
    <Form
      button={share === null ? t.views.make_address : t.edit.save}
      quiet={share !== null}
      submit={async (values) => {
        const wanted = fieldsOf(values, share);
        if (share === null) await make(address, wanted, t.views.made_address);
        else await saveShare(view.view_id, wanted, t.edit.saved);
        return 'keep';
      }}
    >
      <ColumnChoice {...(share !== null && { chosen: share.columns })} />
      <Field
        name="expires_at"
        label={t.views.expires}
        type="datetime-local"
        help={t.views.expires_help(timeZone())}
        optional
      />
      <Field
        name="password"
        label={t.views.password}
        type="password"
        autocomplete="new-password"
        help={share?.password ? t.views.password_new_help : t.views.password_help}
        optional
      />
    </Form>
  );
}

function fieldsOf(values: Values, share: Share | null): object {
  const { expires_at = '', password = '' } = values;
  return {
    columns: columnsOf(values),
    expires_at: editedInstant(expires_at, share?.expires_at ?? null, timeZone()),
    ...(password !== '' && { password }),
  };
}

async function patchShare(view_id: string, wanted: object): Promise<void> {
  await send('PATCH', `/v2/views/${view_id}/share`, wanted);
  void queries.invalidateQueries();
}

async function saveShare(view_id: string, wanted: object, said: string): Promise<void> {
  await patchShare(view_id, wanted);
  notify({ text: said });
}

/** Whether the address shows something; it can be taken back for a while. */
async function turn(view_id: string, enabled: boolean): Promise<void> {
  const undo = async (): Promise<void> => {
    const { share } = await ask('/v2/views/{view_id}', { view_id });
    if (share?.enabled !== enabled) throw new Error(t.edit.changed_since);
    await patchShare(view_id, { enabled: !enabled });
  };
  await patchShare(view_id, { enabled });
  notify({ text: enabled ? t.views.turned_on : t.views.turned_off, undo });
}

function Address({
  view: { view_id },
  share,
  may_change,
}: {
  view: View;
  share: Share;
  may_change: boolean;
}): JSX.Element {
  const [error, setError] = useState<Error>();
  const work = (doing: Promise<void>): void => {
    setError(undefined);
    doing.catch(setError);
  };
  const ended = share.expires_at !== null && Date.parse(share.expires_at) < Date.now();
  return (
    <div className="notice">
      {error !== undefined && <Failed error={error} />}
      {share.url !== null && <p className="secret">{share.url}</p>}
      {share.url === null && may_change && <p>{t.views.no_address}</p>}
      {!share.enabled && <p className="error">{t.views.is_off}</p>}
      {share.enabled && ended && <p className="error">{t.views.has_ended}</p>}
      {share.password && <p>{t.views.password_is}</p>}
      <p>{t.views.read(share.reads, count(share.reads), time(share.last_read_at, 'short'))}</p>
      {may_change && (
        <div className="actions">
          {share.url !== null && <Copy text={share.url} what={` ${t.views.address}`} />}
          <button type="button" onClick={() => work(turn(view_id, !share.enabled))}>
            {share.enabled ? t.views.off : t.views.on}
          </button>
          {share.password && (
            <button type="button" onClick={() => work(saveShare(view_id, { password: null }, t.edit.saved))}>
              {t.views.password_remove}
            </button>
          )}
          <Confirm
            button={t.views.new_address}
            label={t.views.new_address}
            question={t.views.new_address_ask}
            confirmed={() => work(saveShare(view_id, { new_address: true }, t.views.made_address))}
          />
          <Confirm
            button={t.views.end}
            label={t.views.end}
            question={t.views.end_ask}
            confirmed={() =>
              work(
                send('DELETE', `/v2/views/${view_id}/share`).then(() => {
                  void queries.invalidateQueries();
                  notify({ text: t.views.ended });
                }),
              )
            }
          />
        </div>
      )}
    </div>
  );
}
