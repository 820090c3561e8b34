/** An offer, a creative or a campaign, to be changed; saving opens its page. */
import type { JSX } from 'react';
import type { Account, Campaign, Creative, Offer } from '../../../client/openapi.ts';
import { go } from '../location.ts';
import { CampaignForm, CreativeForm, OfferForm } from '../parts/catalog-forms.tsx';
import { Answered } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { type DefinedKind, titleOf } from './kinds.ts';

export interface ChangeProps {
  kind: DefinedKind;
  id: string;
  account: Account;
}

export function ChangePage({ kind, id, account }: ChangeProps): JSX.Element {
  const answer = useAnswer(`/v2/${kind}/{id}`, { id }, { fresh: true });
  const page = `/${kind}/${encodeURIComponent(id)}`;
  const props = { account, done: () => go(page) };
  return (
    <div>
      <p className="crumbs">
        <a href={`/${kind}`}>{titleOf(kind)}</a>
        {' / '}
        <a href={page}>{id}</a>
      </p>
      <Title text={t.edit.title(answer.value?.name ?? id)} />
      <Answered
        answer={answer}
        show={(stored) => (
          <>
            {kind === 'offers' && <OfferForm stored={stored as Offer} {...props} />}
            {kind === 'creatives' && <CreativeForm stored={stored as Creative} {...props} />}
            {kind === 'campaigns' && <CampaignForm stored={stored as Campaign} {...props} />}
          </>
        )}
      />
    </div>
  );
}
