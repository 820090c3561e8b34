/** Offers that have gone silent and problems that rise, of the account or of one offer; nothing where there are none. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { count, time } from '../format.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type Alert = AnswerOf<'/v2/alerts'>['alerts'][number];
const TITLES: Record<Alert['kind'], string> = {
  offer_silent: t.alerts.offer_silent,
  problems_rising: t.alerts.problems_rising,
  people_refused: t.alerts.people_refused,
};

export function Alerts({ offer_id }: { offer_id: string | undefined }): JSX.Element | null {
  const answer = useAnswer('/v2/alerts', { offer_id });
  const alerts = answer.value?.alerts ?? [];
  if (alerts.length === 0) return null;
  return (
    <section aria-label={t.alerts.label}>
      {alerts.map((alert) => (
        <Notice key={`${alert.kind} ${alert.offer_id}`} alert={alert} />
      ))}
    </section>
  );
}

function Notice({ alert }: { alert: Alert }): JSX.Element {
  const { kind, offer_id, name, since, expected, seen, hint } = alert;
  return (
    <div className="notice bad" role="alert">
      <p>
        {offer_id === '' ? (
          <strong>{t.alerts.the_account}</strong>
        ) : (
          <a href={`/offers/${encodeURIComponent(offer_id)}`}>{name || offer_id}</a>
        )}
        {` ${t.alerts.since(TITLES[kind], time(since, 'short'), count(seen), count(Math.round(expected)))}`}
      </p>
      <p className="muted">{t.alerts.hints[kind](hint)}</p>
    </div>
  );
}
