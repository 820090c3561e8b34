/** The postbacks of an offer: what its networks sent and what became of it, and their addresses with a test of each. */
import type { JSX } from 'react';
import type { KeptReport } from '../../../client/openapi.ts';
import { addressOf, type Session } from '../api.ts';
import { count } from '../format.ts';
import { go, usePlace, withQuery } from '../location.ts';
import { KeptReports } from '../parts/kept-reports.tsx';
import { Networks } from '../parts/networks.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { Pages } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

const PER_PAGE = 50;

/** In place of an offer: reports that name none that is known. */
const UNKNOWN = t.postbacks.unknown;
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

export function PostbacksPage({ id, who }: { id: string; who: Session }): JSX.Element {
  const place = usePlace();
  const { state, page } = place.query;
  const offer = useAnswer(id === UNKNOWN ? undefined : '/v2/offers/{id}', { id });
  const answer = useAnswer('/v2/offers/{id}/reports', {
    id,
    state: STATES.find(([name]) => name === state)?.[0],
    page,
    per_page: PER_PAGE,
  });
  const may_change = who.kind === 'member' && who.role !== 'viewer';
  return (
    <div>
      <p className="crumbs">
        <a href="/offers">{t.pages.offers}</a>
        {' / '}
        {id === UNKNOWN ? t.postbacks.unknown : <a href={`/offers/${encodeURIComponent(id)}`}>{id}</a>}
        {` / ${t.pages.postbacks}`}
      </p>
      <Title text={id === UNKNOWN ? t.postbacks.of_unknown : t.postbacks.of(offer.value?.name ?? id)} />
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
        {id !== UNKNOWN && <a href={`/offers/${UNKNOWN}/postbacks`}>{t.postbacks.of_unknown}</a>}
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
      {id !== UNKNOWN && <Networks offer_id={id} may_change={may_change} tested={answer.again} />}
    </div>
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
