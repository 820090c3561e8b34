/** The tracking domains of all accounts and their certificates, what is wrong first. */
import type { JSX } from 'react';
import type { AnswerOf } from '../../api.ts';
import { time } from '../../format.ts';
import { go, usePlace, withQuery } from '../../location.ts';
import { State, type Tone } from '../../parts/operate.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Column, Pages, Table } from '../../parts/table.tsx';
import { Title } from '../../parts/title.tsx';
import { t } from '../../strings/strings.ts';
import { useAnswer } from '../../use-answer.ts';

type Domain = AnswerOf<'/v2/operations/domains'>['domains'][number];
const WORDS = t.operate.certificate;
const TONES: Record<Domain['status'], Tone> = {
  ...{ pending_dns: 'warn', verified: 'warn', active: 'good', failing: 'bad', retired: '' },
};

export function CertificatesPage(): JSX.Element {
  const place = usePlace();
  const { q, page } = place.query;
  const answer = useAnswer('/v2/operations/domains', { q, page });
  return (
    <div>
      <Title text={t.operate.pages.certificates} />
      <div className="tools">
        <search>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              const text = String(new FormData(event.currentTarget).get('q') ?? '').trim();
              go(withQuery(place, { q: text }));
            }}
          >
            <input
              type="search"
              name="q"
              aria-label={WORDS.search}
              placeholder={WORDS.search}
              defaultValue={q}
            />
          </form>
        </search>
      </div>
      <Answered
        answer={answer}
        show={({ domains, ...paging }) =>
          domains.length === 0 ? (
            <Empty>{WORDS.none}</Empty>
          ) : (
            <>
              <Table
                caption={t.operate.pages.certificates}
                columns={COLUMNS}
                rows={domains}
                file="certificates"
                stacked
              />
              <Pages place={place} {...paging} />
            </>
          )
        }
      />
    </div>
  );
}

const COLUMNS: Column<Domain>[] = [
  { name: '', title: t.domains.domain, show: ({ domain }) => domain },
  { name: '', title: WORDS.account, show: ({ account_id }) => <code>{account_id}</code> },
  {
    name: '',
    title: t.operate.state,
    show: ({ status, taken_down }) =>
      taken_down ? (
        <State tone="bad" text={WORDS.taken_down} />
      ) : (
        <State tone={TONES[status]} text={t.domains.states[status]} />
      ),
  },
  {
    name: '',
    title: WORDS.ends,
    show: ({ certificate }) => (certificate === null ? '–' : time(certificate.not_after, 'short')),
  },
  {
    name: '',
    title: WORDS.renewal,
    show: ({ certificate }) => (certificate === null ? '–' : time(certificate.renewal_at, 'short')),
  },
  { name: '', title: WORDS.next, show: ({ next_check_at }) => time(next_check_at, 'short') },
  {
    name: '',
    title: WORDS.trouble,
    show: ({ hint, order_failures, order_error, next_order_at }) =>
      order_failures === 0
        ? hint || '–'
        : WORDS.failed(order_failures, order_error, time(next_order_at, 'short')),
  },
];
