/** Forms that make an offer, a creative or a campaign. What the API refuses stands at the field that it is about. */
import { Field as BaseField } from '@base-ui/react/field';
import { type JSX, useState } from 'react';
import type { Account, Campaign, Creative, Offer } from '../../../client/openapi.ts';
import { send } from '../api.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { Choice, Field, Form, Labelled } from './form.tsx';
import { linkKeysOf, SmsPreview } from './sms-preview.tsx';
import { Answered, Empty } from './states.tsx';
import { Words } from './words.tsx';

/** Choices of a list; who has more gives the rest by the API. */
const CHOICES_MAX = 200;
const PAYOUTS = ['cpa', 'cpc', 'revshare'] as const;

export function OfferForm({ made }: { made: (offer: Offer) => void }): JSX.Element {
  return (
    <Form
      button={t.make.offer}
      submit={async ({ name, destination_url, payout_type, payout, currency }) => {
        made(
          await send<Offer>('POST', '/v2/offers', {
            name,
            destination_url,
            payout_type,
            payout: payout || '0',
            currency: currency || 'USD',
          }),
        );
      }}
    >
      <Field name="name" label={t.make.name} placeholder={t.make.offer_name_hint} />
      <Field
        name="destination_url"
        label={t.make.destination}
        type="url"
        inputmode="url"
        placeholder="https://shop.example/?cid={{click_id}}"
        help={t.make.destination_help}
      />
      <Choice
        name="payout_type"
        label={t.make.payout_type}
        initial="cpa"
        choices={PAYOUTS.map((type) => [type, t.make[type]] as const)}
      />
      <Field name="payout" label={t.make.payout} inputmode="decimal" placeholder="12.50" optional />
      <Field name="currency" label={t.make.currency} placeholder="USD" optional />
    </Form>
  );
}

/** The address of the account's links without the id; the installation's own where the account has no domain. */
export const originOf = ({ tracking_domain }: Pick<Account, 'tracking_domain'>): string =>
  tracking_domain === '' ? location.origin : `https://${tracking_domain}`;

export function CreativeForm({
  account,
  made,
}: {
  account: Account;
  made: (creative: Creative) => void;
}): JSX.Element {
  const [body, setBody] = useState('');
  const offers = useAnswer('/v2/offers', { status: 'active', per_page: CHOICES_MAX });
  const keys = linkKeysOf(body);
  return (
    <Answered
      answer={offers}
      show={({ offers: list }) =>
        list.length === 0 ? (
          <Empty>
            <Words text={t.make.needs_offer} first={<a href="/offers/new">{t.make.offer}</a>} />
          </Empty>
        ) : (
          <div className="beside">
            <Form
              button={t.make.creative}
              submit={async ({ name, ...values }) => {
                const offer_links = keys.map((key) => ({ key, offer_id: values[key] }));
                made(await send<Creative>('POST', '/v2/creatives', { name, body, offer_links }));
              }}
            >
              <Field name="name" label={t.make.name} placeholder={t.make.creative_name_hint} />
              <Labelled name="body" label={t.make.body} help={t.make.body_help}>
                <BaseField.Control
                  required
                  value={body}
                  onValueChange={setBody}
                  render={<textarea rows={4} />}
                  placeholder="Hi {{first_name|there}}, look: {{link1}}"
                />
              </Labelled>
              {keys.map((key) => (
                <Choice
                  key={key}
                  name={key}
                  label={t.make.leads_to(key)}
                  initial={list[0]?.offer_id ?? ''}
                  choices={list.map(({ offer_id, name }) => [offer_id, name] as const)}
                />
              ))}
            </Form>
            <SmsPreview body={body} origin={originOf(account)} />
          </div>
        )
      }
    />
  );
}

export function CampaignForm({ made }: { made: (campaign: Campaign) => void }): JSX.Element {
  const creatives = useAnswer('/v2/creatives', { status: 'active', per_page: CHOICES_MAX });
  return (
    <Answered
      answer={creatives}
      show={({ creatives: list }) =>
        list.length === 0 ? (
          <Empty>
            <Words text={t.make.needs_creative} first={<a href="/creatives/new">{t.make.creative}</a>} />
          </Empty>
        ) : (
          <Form
            button={t.make.campaign}
            submit={async ({ name, A, B }) => {
              made(await send<Campaign>('POST', '/v2/campaigns', { name, variants: variantsOf(A, B) }));
            }}
          >
            <Field name="name" label={t.make.name} placeholder={t.make.campaign_name_hint} />
            <Choice
              name="A"
              label={t.make.creative_of_campaign}
              initial={list[0]?.creative_id ?? ''}
              choices={list.map(({ creative_id, name }) => [creative_id, name] as const)}
            />
            <Choice
              name="B"
              label={t.make.against}
              initial=""
              choices={[
                ['', t.make.no_test],
                ...list.map(({ creative_id, name }) => [creative_id, name] as const),
              ]}
              help={t.make.against_help}
            />
          </Form>
        )
      }
    />
  );
}

function variantsOf(a = '', b = ''): { variant_id: string; creative_id: string; percent: number }[] {
  if (b === '') return [{ variant_id: 'A', creative_id: a, percent: 100 }];
  return [
    { variant_id: 'A', creative_id: a, percent: 50 },
    { variant_id: 'B', creative_id: b, percent: 50 },
  ];
}
