/** The audit log: every change in a range with who, from where, before and after; with filters, pages and files. */
import type { JSX } from 'react';
import { addressOf } from '../api.ts';
import { count } from '../format.ts';
import { go, type Place, usePlace, withQuery } from '../location.ts';
import { AuditEntries } from '../parts/audit-entries.tsx';
import { RangePicker, rangeOf } from '../parts/range.tsx';
import { Answered, Empty } from '../parts/states.tsx';
import { Pages } from '../parts/table.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

const PER_PAGE = 50;
const FILTERS = [
  ['actor', t.audit.who, t.audit.who_hint],
  ['action', t.audit.action, 'offer.changed'],
  ['subject_id', t.audit.changed, t.audit.changed_hint],
  ['address', t.audit.from, t.audit.from_hint],
] as const;

const FORMATS = ['csv', 'ndjson'] as const;

export function AuditPage({ admin }: { admin: boolean }): JSX.Element {
  const place = usePlace();
  const { query } = place;
  const account = admin ? { account_id: query['account_id'] } : {};
  const filters = Object.fromEntries(FILTERS.map(([name]) => [name, query[name]]));
  const asked = { ...rangeOf(place), ...account, ...filters };
  const answer = useAnswer('/v2/audit', { ...asked, page: query['page'], per_page: PER_PAGE });
  return (
    <div>
      <Title text={t.pages.audit} />
      <RangePicker place={place} />
      <Filters place={place} admin={admin} />
      <div className="tools">
        {FORMATS.map((format) => (
          <a
            key={format}
            className="button"
            href={addressOf('/v2/audit', { ...asked, format })}
            download={`audit.${format}`}
          >
            {t.audit.download(format.toUpperCase())}
          </a>
        ))}
      </div>
      <Answered
        answer={answer}
        show={({ entries, page, per_page, total }) =>
          total === 0 ? (
            <Empty>
              <p>{t.audit.empty}</p>
            </Empty>
          ) : (
            <div>
              <p className="muted">{t.audit.changes(total, count(total))}</p>
              <AuditEntries entries={entries} admin={admin} />
              <Pages place={place} page={page} per_page={per_page} total={total} />
            </div>
          )
        }
      />
    </div>
  );
}

function Filters({ place, admin }: { place: Place; admin: boolean }): JSX.Element {
  const all = admin ? [...FILTERS, ['account_id', t.audit.account, t.audit.account_hint] as const] : FILTERS;
  return (
    <search>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          go(
            withQuery(place, Object.fromEntries(all.map(([name]) => [name, String(data.get(name)).trim()]))),
          );
        }}
      >
        {all.map(([name, title, placeholder]) => (
          <label key={name}>
            {title}
            {/* Not `value`, because an answer that arrives would overwrite the text that is being typed. */}
            <input
              name={name}
              placeholder={placeholder}
              defaultValue={place.query[name] ?? ''}
              key={place.query[name] ?? ''}
            />
          </label>
        ))}
        <button type="submit">{t.audit.filter}</button>
      </form>
    </search>
  );
}
