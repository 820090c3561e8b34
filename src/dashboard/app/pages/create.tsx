/** A new offer, creative or campaign; what is made opens. */
import type { JSX } from 'react';
import type { Account } from '../../../client/openapi.ts';
import { go } from '../location.ts';
import { CampaignForm, CreativeForm, OfferForm } from '../parts/catalog-forms.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { queries } from '../use-answer.ts';
import { type DefinedKind, titleOf } from './kinds.ts';

export function CreatePage({ kind, account }: { kind: DefinedKind; account: Account }): JSX.Element {
  const open = (id: string): void => {
    void queries.invalidateQueries();
    go(`/${kind}/${encodeURIComponent(id)}`);
  };
  return (
    <div>
      <p className="crumbs">
        <a href={`/${kind}`}>{titleOf(kind)}</a>
      </p>
      <Title text={t.make.titles[kind]} />
      {kind === 'offers' && <OfferForm made={({ offer_id }) => open(offer_id)} />}
      {kind === 'creatives' && (
        <CreativeForm account={account} made={({ creative_id }) => open(creative_id)} />
      )}
      {kind === 'campaigns' && <CampaignForm made={({ campaign_id }) => open(campaign_id)} />}
    </div>
  );
}
