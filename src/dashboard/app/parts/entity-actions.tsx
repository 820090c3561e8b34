/** What can be done with an offer, a creative or a campaign: change it, archive it, take it back into use. */
import { type JSX, useState } from 'react';
import type { Campaign, Creative, Offer } from '../../../client/openapi.ts';
import { type DefinedKind, idOf } from '../pages/kinds.ts';
import { change } from '../save.ts';
import { t } from '../strings/strings.ts';
import { Failed } from './states.tsx';

type Entity = Offer | Creative | Campaign;

export interface EntityActionsProps {
  kind: DefinedKind;
  entity: Entity;
  may_change: boolean;
}

const TONES: Record<Entity['status'], string> = { active: 'good', paused: 'warn', archived: '' };

export function EntityActions({ kind, entity, may_change }: EntityActionsProps): JSX.Element {
  const [error, setError] = useState<Error>();
  const { status } = entity;
  const id = encodeURIComponent(String(entity[idOf(kind) as keyof Entity]));
  const put = (wanted: Entity['status'], said: string): void => {
    setError(undefined);
    change<Pick<Entity, 'status'>>(`/v2/${kind}/${id}`, { status }, { status: wanted }, said).catch(setError);
  };
  return (
    <>
      <span className={`state ${TONES[status]}`}>{t.edit.states[status]}</span>
      {may_change && (
        <>
          <a className="button" href={`/${kind}/${id}/edit`}>
            {t.edit.edit}
          </a>
          {status === 'active' ? (
            <button type="button" onClick={() => put('archived', t.edit.archived)}>
              {t.edit.archive}
            </button>
          ) : (
            <button type="button" onClick={() => put('active', t.edit.activated)}>
              {t.edit.activate}
            </button>
          )}
        </>
      )}
      {error !== undefined && <Failed error={error} />}
    </>
  );
}
