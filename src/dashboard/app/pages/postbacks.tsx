/** The postbacks of an offer: what its networks sent and what became of it, and their addresses with a test of each. */
import type { JSX } from 'react';
import type { Known } from '../api.ts';
import { Inspector, UNKNOWN } from '../parts/inspector.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

export function PostbacksPage({ id, who }: { id: string; who: Known }): JSX.Element {
  const offer = useAnswer(id === UNKNOWN ? undefined : '/v2/offers/{id}', { id });
  return (
    <div>
      <p className="crumbs">
        <a href="/offers">{t.pages.offers}</a>
        {' / '}
        {id === UNKNOWN ? t.postbacks.unknown : <a href={`/offers/${encodeURIComponent(id)}`}>{id}</a>}
        {` / ${t.pages.postbacks}`}
      </p>
      <Title text={id === UNKNOWN ? t.postbacks.of_unknown : t.postbacks.of(offer.value?.name ?? id)} />
      <Inspector id={id} who={who} />
      {id !== UNKNOWN && (
        <p>
          <a href={`/offers/${UNKNOWN}/postbacks`}>{t.postbacks.of_unknown}</a>
        </p>
      )}
    </div>
  );
}
