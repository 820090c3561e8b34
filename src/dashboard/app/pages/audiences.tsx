/** The audiences that are saved, with search and pages; each opens to its rules and to who is in it. */
import type { JSX } from 'react';
import type { Audience } from '../../../client/openapi.ts';
import { time } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { Answered, Empty } from '../parts/states.tsx';
import { type Column, Pages, Table } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

const PER_PAGE = 50;
const STATES = ['active', 'archived'] as const;

const COLUMNS: Column<Audience>[] = [
  {
    name: '',
    title: t.audiences.audience,
    show: ({ audience_id, name }) => (
      <a href={`/audiences/${encodeURIComponent(audience_id)}`} title={audience_id}>
        {name}
      </a>
    ),
  },
  { name: '', title: t.edit.status, show: ({ status }) => t.edit.states[status] },
  { name: '', title: t.audiences.changed, show: ({ updated_at }) => time(updated_at, 'short') },
  { name: '', title: t.audiences.made, show: ({ created_at }) => time(created_at, 'short') },
];

export function AudiencesPage({ may_change }: { may_change: boolean }): JSX.Element {
  const place = usePlace();
  const { q, status, page } = place.query;
  const answer = useAnswer('/v2/audiences', { q, status, page, per_page: PER_PAGE });
  return (
    <div>
      <Title text={t.pages.audiences} />
      <p className="muted">{t.audiences.about}</p>
      <div className="tools">
        <Search place={place} />
        <label htmlFor="status">{t.edit.status}</label>
        <select
          id="status"
          value={status ?? ''}
          onChange={({ target }) => go(withQuery(place, { status: target.value }))}
        >
          <option value="">{t.audiences.all}</option>
          {STATES.map((name) => (
            <option key={name} value={name}>
              {t.edit.states[name]}
            </option>
          ))}
        </select>
        {may_change && (
          <a className="button main" href="/audiences/new">
            {t.audiences.new}
          </a>
        )}
      </div>
      <Answered
        answer={answer}
        show={({ audiences, total, page, per_page }) =>
          total === 0 ? (
            <Empty>{q ? t.list.no_match(q) : t.audiences.none}</Empty>
          ) : (
            <div>
              <Table caption={t.pages.audiences} columns={COLUMNS} rows={audiences} stacked />
              <Pages place={place} page={page} per_page={per_page} total={total} />
            </div>
          )
        }
      />
    </div>
  );
}

function Search({ place }: { place: Place }): JSX.Element {
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(withQuery(place, { q: String(new FormData(event.currentTarget).get('q') ?? '').trim() }));
        }}
      >
        <label className="hidden" htmlFor="q">
          {t.list.search_of(t.pages.audiences)}
        </label>
        <input
          id="q"
          name="q"
          type="search"
          placeholder={t.list.by_name}
          defaultValue={place.query['q'] ?? ''}
          key={place.query['q'] ?? ''}
        />
        <button type="submit">{t.list.search}</button>
      </form>
    </search>
  );
}
