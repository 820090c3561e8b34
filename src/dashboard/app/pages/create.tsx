/** A new offer, creative, campaign or link; what is made opens. */
import type { JSX } from 'react';
import type { Account } from '../../../client/openapi.ts';
import { go } from '../location.ts';
import { CampaignForm, CreativeForm, OfferForm } from '../parts/catalog-forms.tsx';
import { Title } from '../parts/title.tsx';
import { t } from '../strings/strings.ts';
import { type DefinedKind, titleOf } from './kinds.ts';

export function CreatePage({ kind, account }: { kind: DefinedKind; account: Account }): JSX.Element {
  const open = (id: string): void => go(`/${kind}/${encodeURIComponent(id)}`);
  return (
    <div>
      <p className="crumbs">
        <a href={`/${kind}`}>{titleOf(kind)}</a>
      </p>
      <Title text={t.make.titles[kind]} />
      {kind === 'offers' && <OfferForm account={account} done={open} />}
      {kind === 'creatives' && <CreativeForm account={account} done={open} />}
      {kind === 'campaigns' && <CampaignForm account={account} done={open} />}
    </div>
  );
}
