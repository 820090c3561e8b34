/** Reports of conversions as they came, one a row; a row opens to what came, what was read, what became of it and why. */
import { type JSX, useState } from 'react';
import type { KeptReport } from '../../../client/openapi.ts';
import { type AnswerOf, addressOf, send } from '../api.ts';
import { money, time } from '../format.ts';
import { t } from '../strings/strings.ts';
import { NameIt } from './postback-names.tsx';
import { Scroll } from './scroll.tsx';

/** In place of an offer that is not known. */
const UNKNOWN = 'unknown';

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
  return (
    <Scroll label={t.reports.label} stacked>
      <table className="reports">
        <caption className="hidden">{t.reports.label}</caption>
        <thead>
          <tr>
            {[t.reports.received, t.reports.report, t.reports.became, t.reports.why, t.reports.details].map(
              (title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {reports.map((report) => (
            <Row
              key={report.report_id}
              offer_id={offer_id}
              report={report}
              may_change={may_change}
              changed={changed}
            />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

type RowProps = Omit<KeptReportsProps, 'reports'> & { report: KeptReport };

function Row({ offer_id, report, may_change, changed }: RowProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const { report_id, received_at, read, state, explanation } = report;
  const id = `details-${report_id}`;
  const named = read['txn_id'] ?? read['click_id'] ?? read['link_id'] ?? report.error;
  return (
    <>
      <tr>
        <th scope="row" data-title={t.reports.received}>
          {time(received_at)}
        </th>
        <td data-title={t.reports.report}>
          <span>
            {`${read['event'] ?? 'sale'} `}
            {amountOf(report)}
            <br />
            <code>{named}</code>
          </span>
        </td>
        <td data-title={t.reports.became}>
          <span className={`state ${toneOf(state)}`}>{t.postbacks.became[state] ?? state}</span>
        </td>
        <td data-title={t.reports.why} className="why">
          {explanation}
        </td>
        <td data-title={t.reports.details}>
          <button type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
            {open ? t.reports.hide : t.reports.show}
            <span className="hidden">{t.reports.of(time(received_at))}</span>
          </button>
        </td>
      </tr>
      <tr id={id} hidden={!open} className="opened">
        {open && (
          <td colSpan={5}>
            <Details offer_id={offer_id} report={report} may_change={may_change} changed={changed} />
          </td>
        )}
      </tr>
    </>
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
  const { channel, method, address, query, body, read, ignored, state, status, error, booked } = report;
  const from = [`${channel}, ${method}`, address].filter(Boolean).join(t.reports.from);
  const said = [`${status}`, error, report.problem].filter(Boolean).join(', ');
  const facts: [string, JSX.Element | string][] = [
    [t.reports.report, raw(report.report_id)],
    [t.reports.came_by, from],
    [t.reports.query, raw(query)],
    [t.reports.body, raw(body)],
    [
      t.reports.read,
      raw(
        Object.entries(read)
          .map(([name, value]) => `${name} = ${value}`)
          .join('\n'),
      ),
    ],
    [t.reports.ignored, ignored.join(', ')],
    [t.reports.answered, said],
    [t.reports.why, report.explanation],
    [t.reports.booked, booked === null ? '' : bookedAs(booked)],
    [t.reports.replay_of, report.replay_of],
  ];
  return (
    <div>
      <dl className="facts">
        {facts
          .filter(([, shown]) => shown !== '')
          .map(([title, shown]) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{shown}</dd>
            </div>
          ))}
      </dl>
      {may_change && offer_id !== UNKNOWN && state !== 'test' && (
        <NameIt offer_id={offer_id} ignored={ignored} read={read} changed={changed} />
      )}
      <div className="actions">
        {report.conversion_id !== '' && (
          <a className="button" href={`/trace?id=${encodeURIComponent(report.conversion_id)}`}>
            {t.reports.trace}
          </a>
        )}
        {report.replayable && may_change && <Replay offer_id={offer_id} report={report} changed={changed} />}
      </div>
      {report.replayable && !may_change && <p className="note">{t.reports.members_may}</p>}
    </div>
  );
}

/** Marked as empty where it is. */
const raw = (text: string): JSX.Element | string => (text === '' ? '' : <code className="raw">{text}</code>);

function bookedAs({ status, reason, revenue, payout, currency }: NonNullable<KeptReport['booked']>): string {
  const what = [status, reason].filter(Boolean).join(': ');
  return t.reports.booked_as(what, money(revenue, currency), money(payout, currency));
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
  return (
    <>
      <button type="button" disabled={busy} onClick={() => void replay()}>
        {t.reports.replay}
      </button>
      <p role="status" className="said">
        {said}
      </p>
    </>
  );
}

function sentenceOf({ status, conversion_id, unattributed, message }: Replayed): string {
  if (status === 'refused') return t.reports.refused_again(message);
  if (status === 'duplicate') return t.reports.counts_already(conversion_id);
  if (unattributed !== '') return t.reports.without_credit(conversion_id, unattributed);
  return t.reports.received_as(conversion_id);
}
