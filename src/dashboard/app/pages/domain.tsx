/** One tracking domain: its state, how it does beside the others, its figures, and what its clicks are made of. */
import { type JSX, lazy, Suspense } from 'react';
import type { AnswerOf } from '../api.ts';
import { percent, points, time } from '../format.ts';
import { usePlace } from '../location.ts';
import { Below } from '../parts/below.tsx';
import { Figures } from '../parts/figures.tsx';
import { compareWith, RangePicker } from '../parts/range.tsx';
import { SLICES } from '../parts/slices.tsx';
import { Failed, Loading } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

const Breakdown = lazy(async () => ({ default: (await import('../parts/breakdown.tsx')).Breakdown }));

type Domain = AnswerOf<'/v2/domains/{domain}'>;
const TONES: Record<Domain['status'], string> = {
  pending_dns: 'warn',
  verified: 'warn',
  active: 'good',
  failing: 'bad',
  retired: '',
};

export function DomainPage({ domain }: { domain: string }): JSX.Element {
  const place = usePlace();
  const list = useAnswer('/v2/domains', {});
  // The installation's own domain is nobody's, and has figures.
  const is_known = list.value?.domains.some((one) => one.domain === domain);
  const { value, error, again } = useAnswer(is_known ? '/v2/domains/{domain}' : undefined, { domain });
  return (
    <div>
      <p className="crumbs">
        <a href="/domains">{t.pages.domains}</a>
        {' / '}
        <span>{domain}</span>
      </p>
      <Title text={value?.name ?? domain} />
      {list.error !== undefined && <Failed error={list.error} again={list.again} />}
      {error !== undefined && <Failed error={error} again={again} />}
      {is_known === false && <p className="muted">{t.domain.unknown}</p>}
      {value !== undefined && <State domain={value} />}
      <div className="actions head">
        <a className="button" href={compareWith(place, 'domains', domain)}>
          {t.versus.button}
        </a>
      </div>
      <RangePicker place={place} of_reports compares />
      <Figures place={place} fixed={{ domain }} />
      <Below>
        <Suspense fallback={<Loading />}>
          <Breakdown place={place} id_name="domain" id={domain} shown_elsewhere={SLICES} />
        </Suspense>
      </Below>
    </div>
  );
}

function State({ domain }: { domain: Domain }): JSX.Element {
  const { status, primary, hint, certificate, checked_at, taken_down } = domain;
  return (
    <section aria-label={t.domains.state}>
      <p className="domain-title">
        <span className={`state ${TONES[status]}`}>{t.domains.states[status]}</span>
        {primary && <span className="state good">{t.domains.primary}</span>}
        <span className="muted">
          {checked_at === null ? t.domains.unchecked : t.domains.checked(time(checked_at))}
          {certificate !== null && ` ${t.domains.certificate(time(certificate.not_after, 'short'))}`}
        </span>
      </p>
      {taken_down !== undefined && <p className="notice bad">{taken_down.reason}</p>}
      {hint !== '' && <p>{hint}</p>}
      <Health health={domain.health} />
    </section>
  );
}

/** Carriers that filter a domain show in its click rate first. */
function Health({ health }: Pick<Domain, 'health'>): JSX.Element | null {
  if (health === null || health === undefined || health.own.sent === 0) return null;
  const { own, others } = health;
  return (
    <p>
      {others.sent === 0
        ? t.domain.alone(percent(own.click_rate))
        : t.domain.beside(
            percent(own.click_rate),
            percent(others.click_rate),
            t.comparing.points(points(own.click_rate, others.click_rate)),
          )}
    </p>
  );
}
