/** Offers that have gone silent and problems that rise, of the account or of one offer; nothing where there are none. */
import { h, type JSX } from 'preact';
import type { AnswerOf } from '../api.ts';
import { count, time } from '../format.ts';
import { useAnswer } from '../use-answer.ts';

type Alert = AnswerOf<'/v2/alerts'>['alerts'][number];

const TITLES: Record<Alert['kind'], string> = {
  offer_silent: 'has gone silent',
  problems_rising: 'has more problems than usual',
};

export function Alerts({ offer_id }: { offer_id: string | undefined }): JSX.Element | null {
  const answer = useAnswer('/v2/alerts', { offer_id });
  const alerts = answer.value?.alerts ?? [];
  if (alerts.length === 0) return null;
  return h(
    'section',
    { 'aria-label': 'Alerts' },
    alerts.map((alert) => h(Notice, { key: `${alert.kind} ${alert.offer_id}`, alert })),
  );
}

function Notice({ alert }: { alert: Alert }): JSX.Element {
  const { kind, offer_id, name, since, expected, seen, hint } = alert;
  return h(
    'div',
    { class: 'notice bad', role: 'alert' },
    h(
      'p',
      {},
      offer_id === ''
        ? h('strong', {}, 'The account')
        : h('a', { href: `/offers/${encodeURIComponent(offer_id)}` }, name || offer_id),
      ` ${TITLES[kind]} since ${time(since, 'short')}: ${count(seen)} seen, ${count(Math.round(expected))} expected.`,
    ),
    h('p', { class: 'muted' }, hint),
  );
}
