/** Reports of conversions as they came, one a row; a row opens to what came, what was read, what became of it and why. */
import { Fragment, h, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { KeptReport } from '../../../client/openapi.ts';
import { type AnswerOf, addressOf, send } from '../api.ts';
import { money, time } from '../format.ts';

/** What a replay answers. */
interface Replayed {
  status: 'accepted' | 'duplicate' | 'refused';
  conversion_id: string;
  unattributed: string;
  message: string;
}

export interface KeptReportsProps {
  offer_id: string;
  reports: AnswerOf<'/v2/offers/{id}/reports'>['reports'];
  /** Whether who looks may replay. */
  may_change: boolean;
  changed: () => void;
}

export function KeptReports({ offer_id, reports, may_change, changed }: KeptReportsProps): JSX.Element {
  return h(
    'div',
    { class: 'scroll stacked', tabIndex: 0, role: 'region', 'aria-label': 'Reports' },
    h(
      'table',
      { class: 'reports' },
      h('caption', { class: 'hidden' }, 'Reports'),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['Received', 'Report', 'Became', 'Why', 'Details'].map((title) =>
            h('th', { key: title, scope: 'col' }, title),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        reports.map((report) => h(Row, { key: report.report_id, offer_id, report, may_change, changed })),
      ),
    ),
  );
}

type RowProps = Omit<KeptReportsProps, 'reports'> & { report: KeptReport };

function Row({ offer_id, report, may_change, changed }: RowProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { report_id, received_at, read, state, explanation } = report;
  const id = `details-${report_id}`;
  const named = read['txn_id'] ?? read['click_id'] ?? read['link_id'] ?? report.error;
  return h(
    Fragment,
    {},
    h(
      'tr',
      {},
      h('th', { scope: 'row', 'data-title': 'Received' }, time(received_at)),
      h(
        'td',
        { 'data-title': 'Report' },
        h('span', {}, `${read['event'] ?? 'sale'} `, amountOf(report), h('br', {}), h('code', {}, named)),
      ),
      h('td', { 'data-title': 'Became' }, h('span', { class: `state ${toneOf(state)}` }, state)),
      h('td', { 'data-title': 'Why', class: 'why' }, explanation),
      h(
        'td',
        { 'data-title': 'Details' },
        h(
          'button',
          { type: 'button', 'aria-expanded': open, 'aria-controls': id, onClick: () => setOpen(!open) },
          open ? 'Hide' : 'Show',
          h('span', { class: 'hidden' }, ` the report of ${time(received_at)}`),
        ),
      ),
    ),
    h(
      'tr',
      { id, hidden: !open, class: 'opened' },
      open && h('td', { colSpan: 5 }, h(Details, { offer_id, report, may_change, changed })),
    ),
  );
}

function amountOf({ read }: KeptReport): string {
  return [read['revenue'], read['currency']].filter(Boolean).join(' ');
}

function toneOf(state: KeptReport['state']): string {
  if (state === 'attributed') return 'good';
  if (state === 'refused') return 'bad';
  return state === 'unattributed' ? 'warn' : '';
}

function Details({ offer_id, report, may_change, changed }: RowProps): JSX.Element {
  const { channel, method, address, query, body, read, ignored, status, error, booked } = report;
  const from = [`${channel}, ${method}`, address].filter(Boolean).join(', from ');
  const said = [`${status}`, error, report.problem].filter(Boolean).join(', ');
  const facts: [string, JSX.Element | string][] = [
    ['Report', h('code', {}, report.report_id)],
    ['Came by', from],
    ['Query', raw(query)],
    ['Body', raw(body)],
    [
      'Read',
      raw(
        Object.entries(read)
          .map(([name, value]) => `${name} = ${value}`)
          .join('\n'),
      ),
    ],
    ['Ignored', ignored.join(', ')],
    ['Answered', said],
    ['Why', report.explanation],
    ['Booked', booked === null ? '' : bookedAs(booked)],
    ['Replay of', report.replay_of],
  ];
  return h(
    'div',
    {},
    h(
      'dl',
      { class: 'facts' },
      facts
        .filter(([, shown]) => shown !== '')
        .map(([title, shown]) => h('div', { key: title }, h('dt', {}, title), h('dd', {}, shown))),
    ),
    h(
      'div',
      { class: 'actions' },
      report.conversion_id !== '' &&
        h(
          'a',
          { class: 'button', href: `/trace?id=${encodeURIComponent(report.conversion_id)}` },
          'Trace the conversion',
        ),
      report.replayable && may_change && h(Replay, { offer_id, report, changed }),
    ),
    report.replayable &&
      !may_change &&
      h('p', { class: 'note' }, 'Members of the account can replay it, after the cause is mended.'),
  );
}

/** Marked as empty where it is. */
const raw = (text: string): JSX.Element | string => (text === '' ? '' : h('code', { class: 'raw' }, text));

function bookedAs({ status, reason, revenue, payout, currency }: NonNullable<KeptReport['booked']>): string {
  const what = [status, reason].filter(Boolean).join(': ');
  return `${what}; revenue ${money(revenue, currency)}, payout ${money(payout, currency)}`;
}

function Replay({
  offer_id,
  report,
  changed,
}: Pick<RowProps, 'offer_id' | 'report' | 'changed'>): JSX.Element {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const replay = async (): Promise<void> => {
    setBusy(true);
    const path = addressOf('/v2/offers/{id}/reports/{report_id}/replay', {
      id: offer_id,
      report_id: report.report_id,
    });
    try {
      setSaid(sentenceOf(await send<Replayed>('POST', path)));
      changed();
    } catch (failed) {
      setSaid((failed as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return h(
    Fragment,
    {},
    h('button', { type: 'button', disabled: busy, onClick: () => void replay() }, 'Replay'),
    h('p', { role: 'status', class: 'said' }, said),
  );
}

function sentenceOf({ status, conversion_id, unattributed, message }: Replayed): string {
  if (status === 'refused') return `Refused again: ${message}.`;
  if (status === 'duplicate') return `It counts already, as ${conversion_id}.`;
  if (unattributed !== '') return `Received as ${conversion_id}, without credit: ${unattributed}.`;
  return `Received as ${conversion_id}.`;
}
