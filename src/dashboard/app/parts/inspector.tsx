/**
 * What the networks of an offer sent, as it came, and what became of it; the names by which they send our parameters; and
 * the address of each network with a test.
 */
import type { JSX } from 'react';
import type { KeptReport } from '../../../client/openapi.ts';
import { addressOf, type Known } from '../api.ts';
import { count } from '../format.ts';
import { go, usePlace, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { KeptReports } from './kept-reports.tsx';
import { Networks } from './networks.tsx';
import { PostbackNames } from './postback-names.tsx';
import { Answered, Empty } from './states.tsx';
import { Pages } from './table.tsx';

const PER_PAGE = 50;

/** In place of an offer: reports that name none that is known. The API's own word. */
export const UNKNOWN = 'unknown';
const STATES: [KeptReport['state'], string][] = [
  ['attributed', t.postbacks.attributed],
  ['unattributed', t.postbacks.unattributed],
  ['duplicate', t.postbacks.duplicate],
  ['replaced', t.postbacks.replaced],
  ['voided', t.postbacks.voided],
  ['waiting', t.postbacks.waiting],
  ['refused', t.postbacks.refused],
  ['test', t.postbacks.test],
];

export function Inspector({ id, who }: { id: string; who: Known }): JSX.Element {
  const place = usePlace();
  const { state, page } = place.query;
  const answer = useAnswer('/v2/offers/{id}/reports', {
    id,
    state: STATES.find(([name]) => name === state)?.[0],
    page,
    per_page: PER_PAGE,
  });
  const may_change = who.kind === 'member' && who.role !== 'viewer';
  return (
    <>
      <h2 className="first">{t.postbacks.what_sent}</h2>
      <div className="tools">
        <label htmlFor="state">{t.postbacks.show}</label>
        <select
          id="state"
          value={state ?? ''}
          onChange={(event) => go(withQuery(place, { state: event.target.value }))}
        >
          <option value="">{t.postbacks.all}</option>
          {STATES.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        <button type="button" onClick={answer.again}>
          {t.postbacks.refresh}
        </button>
      </div>
      <Answered
        answer={answer}
        show={(list) =>
          list.total === 0 ? (
            <NoReports filtered={state !== undefined && state !== ''} />
          ) : (
            <div>
              <p className="muted">{t.reports.count(list.total, count(list.total))}</p>
              <KeptReports
                offer_id={id}
                reports={list.reports}
                may_change={may_change}
                changed={answer.again}
              />
              <Pages place={place} page={list.page} per_page={list.per_page} total={list.total} />
            </div>
          )
        }
      />
      {id !== UNKNOWN && (
        <>
          {may_change && <PostbackNames offer_id={id} />}
          <Networks offer_id={id} may_change={may_change} tested={answer.again} />
        </>
      )}
    </>
  );
}

function NoReports({ filtered }: { filtered: boolean }): JSX.Element {
  return (
    <Empty>
      {filtered ? <p>{t.postbacks.none_became}</p> : <p>{t.postbacks.none_yet}</p>}
      <p>
        <a href={addressOf('/guides/track-conversions')}>{t.postbacks.how}</a>
      </p>
    </Empty>
  );
}
