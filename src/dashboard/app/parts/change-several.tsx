/** What can be done with the chosen things of a list at once: archive them, pause them, take them back into use. */
import { type JSX, useState } from 'react';
import type { Offer } from '../../../client/openapi.ts';
import { type DefinedKind, titleOf } from '../pages/kinds.ts';
import { changeAll } from '../save.ts';
import { t } from '../strings/strings.ts';

type Status = Offer['status'];

export interface ChangeSeveralProps {
  kind: DefinedKind;
  ids: readonly string[];
  choose: (ids: readonly string[]) => void;
  /** Names of what the list shows, by id. */
  listed: ReadonlyMap<string, string>;
}

export function ChangeSeveral({ kind, ids, choose, listed }: ChangeSeveralProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ name: string; message: string }[]>([]);
  const put = async (status: Status, said: (n: number) => string): Promise<void> => {
    setBusy(true);
    setFailed([]);
    const things = ids.map((id) => ({
      address: `/v2/${kind}/${encodeURIComponent(id)}`,
      name: listed.get(id) ?? id,
      wanted: { status },
    }));
    const not_changed = await changeAll<Pick<Offer, 'status'>>(things, said);
    setFailed(not_changed);
    setBusy(false);
    if (not_changed.length === 0) choose([]);
  };
  const act = (status: Status, title: string, said: (n: number) => string): JSX.Element => (
    <button type="button" disabled={busy} onClick={() => void put(status, said)}>
      {title}
    </button>
  );
  const all = [...listed.keys()];
  return (
    <fieldset className="tools several" aria-label={t.several.label(titleOf(kind))}>
      <span role="status">{t.several.chosen(ids.length)}</span>
      {act('archived', t.edit.archive, t.several.archived)}
      {kind === 'offers' && act('paused', t.several.pause, t.several.paused)}
      {act('active', t.edit.activate, t.several.activated)}
      {all.some((id) => !ids.includes(id)) && (
        <button type="button" className="quiet" onClick={() => choose([...new Set([...ids, ...all])])}>
          {t.several.all}
        </button>
      )}
      <button type="button" className="quiet" onClick={() => choose([])}>
        {t.several.none}
      </button>
      {failed.map(({ name, message }) => (
        <p key={name} className="notice bad" role="alert">{`${name}: ${message}`}</p>
      ))}
    </fieldset>
  );
}
