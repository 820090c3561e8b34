/** The postbacks of an offer: what its networks sent and what became of it, and their addresses with a test of each. */
import { h, type JSX } from 'preact';
import type { KeptReport } from '../../../client/openapi.ts';
import { type AnswerOf, addressOf, type Session } from '../api.ts';
import { count } from '../format.ts';
import { go, usePlace, withQuery } from '../location.ts';
import { KeptReports } from '../parts/kept-reports.ts';
import { Networks } from '../parts/networks.ts';
import { Answered, Empty } from '../parts/states.ts';
import { Pages } from '../parts/table.ts';
import { useAnswer } from '../use-answer.ts';

type Reports = AnswerOf<'/v2/offers/{id}/reports'>;

const PER_PAGE = 50;
/** In place of an offer: reports that name none that is known. */
const UNKNOWN = 'unknown';
const STATES: [KeptReport['state'], string][] = [
  ['attributed', 'Attributed'],
  ['unattributed', 'Unattributed'],
  ['duplicate', 'Duplicates'],
  ['replaced', 'Replaced'],
  ['voided', 'Voided'],
  ['waiting', 'Not booked yet'],
  ['refused', 'Refused'],
  ['test', 'Tests'],
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
  return h(
    'div',
    {},
    h(
      'p',
      { class: 'crumbs' },
      h('a', { href: '/offers' }, 'Offers'),
      ' / ',
      id === UNKNOWN ? 'unknown' : h('a', { href: `/offers/${encodeURIComponent(id)}` }, id),
      ' / Postbacks',
    ),
    h('h1', {}, id === UNKNOWN ? 'Reports of no known offer' : `Postbacks of ${offer.value?.name ?? id}`),
    h('h2', { class: 'first' }, 'What networks sent'),
    h(
      'div',
      { class: 'tools' },
      h('label', { for: 'state' }, 'Show'),
      h(
        'select',
        {
          id: 'state',
          value: state ?? '',
          onChange: (event: Event) =>
            go(withQuery(place, { state: (event.target as HTMLSelectElement).value })),
        },
        h('option', { value: '' }, 'All reports'),
        STATES.map(([name, title]) => h('option', { key: name, value: name }, title)),
      ),
      h('button', { type: 'button', onClick: answer.again }, 'Refresh'),
      id !== UNKNOWN && h('a', { href: `/offers/${UNKNOWN}/postbacks` }, 'Reports of no known offer'),
    ),
    h(Answered<Reports>, {
      answer,
      show: (list) =>
        list.total === 0
          ? h(NoReports, { filtered: state !== undefined && state !== '' })
          : h(
              'div',
              {},
              h('p', { class: 'muted' }, `${count(list.total)} ${list.total === 1 ? 'report' : 'reports'}`),
              h(KeptReports, { offer_id: id, reports: list.reports, may_change, changed: answer.again }),
              h(Pages, { place, page: list.page, per_page: list.per_page, total: list.total }),
            ),
    }),
    id !== UNKNOWN && h(Networks, { offer_id: id, may_change, tested: answer.again }),
  );
}

function NoReports({ filtered }: { filtered: boolean }): JSX.Element {
  return h(
    Empty,
    {},
    filtered
      ? h('p', {}, 'No report that is kept became this.')
      : h('p', {}, 'Nothing has been reported in the last 30 days. A report shows here as soon as it comes.'),
    h('p', {}, h('a', { href: addressOf('/guides/track-conversions') }, 'How to set up a network')),
  );
}
