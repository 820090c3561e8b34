/** A single short link, to an offer or to an address of its own; what is made is shown with its QR code. */
import { type JSX, useState } from 'react';
import type { Account } from '../../../client/openapi.ts';
import { timeZone } from '../format.ts';
import { EditForm } from '../parts/edit-form.tsx';
import { EndField } from '../parts/end-field.tsx';
import { Choice, Field } from '../parts/form.tsx';
import { ShortLink } from '../parts/short-link.tsx';
import { Title } from '../parts/title.tsx';
import { make } from '../save.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { instantOf } from '../zone-time.ts';

interface Made {
  link_id: string;
  short_url: string;
}

const CHOICES_MAX = 200;
/** In place of an offer. */
const OWN = '';

export function ShortenPage({ account }: { account: Account }): JSX.Element {
  const [made, setMade] = useState<Made[]>([]);
  const offers = useAnswer('/v2/offers', { status: 'active', per_page: CHOICES_MAX });
  return (
    <div>
      <p className="crumbs">
        <a href="/links">{t.pages.links}</a>
      </p>
      <Title text={t.make.titles.links} />
      {made.map(({ link_id, short_url }) => (
        <div className="notice" role="status" key={link_id}>
          <ShortLink short_url={short_url} link_id={link_id} />
          <a href={`/links/${link_id}`}>{t.link.page_of(link_id)}</a>
        </div>
      ))}
      <EditForm
        name={`${account.account_id}/links/new/${made.length}`}
        key={made.length}
        stored={{ offer_id: OWN }}
        button={t.make.links}
        save={({ offer_id = '', url = '', contact_id = '', expires_at = '' }) =>
          make<Made>(
            '/v2/links/shorten',
            {
              ...(offer_id === OWN ? { url: url.trim() } : { offer_id }),
              ...(contact_id !== '' && { contact_id }),
              ...(expires_at !== '' && { expires_at: instantOf(expires_at, timeZone()) }),
            },
            t.edit.made,
          )
        }
        saved={(link) => setMade([link, ...made])}
      >
        {({ values }) => (
          <>
            <Choice
              name="offer_id"
              label={t.link.leads_to}
              choices={[
                [OWN, t.link.own_address],
                ...(offers.value?.offers ?? []).map(({ offer_id, name }) => [offer_id, name] as const),
              ]}
            />
            {(values['offer_id'] ?? OWN) === OWN && (
              <Field
                name="url"
                label={t.link.address}
                type="url"
                inputmode="url"
                placeholder="https://shop.example/?cid={{click_id}}"
              />
            )}
            <Field name="contact_id" label={t.link.contact} help={t.link.contact_help} optional />
            <EndField />
          </>
        )}
      </EditForm>
    </div>
  );
}
