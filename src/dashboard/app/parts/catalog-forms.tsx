/** Forms that make and change an offer, a creative or a campaign. What the API refuses stands at the field that it is about. */
import { Field as BaseField } from '@base-ui/react/field';
import { type JSX, lazy, Suspense, useRef } from 'react';
import type { Account, Campaign, Creative, Offer } from '../../../client/openapi.ts';
import { linkKeysOf } from '../body.ts';
import {
  campaignOf,
  campaignValues,
  creativeOf,
  creativeValues,
  isWhole,
  NEW_CAMPAIGN,
  NEW_OFFER,
  offerOf,
  offerValues,
  percentSum,
  splitEvenly,
  variantsOf,
  withoutVariant,
  withVariant,
} from '../catalog-values.ts';
import type { Values } from '../drafts.ts';
import { timeZone } from '../format.ts';
import type { DefinedKind } from '../pages/kinds.ts';
import { change, make } from '../save.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { EditForm, type FormNow } from './edit-form.tsx';
import { Area, Choice, type ChoiceProps, Field } from './form.tsx';
import { ParameterFields } from './parameter-fields.tsx';
import { SmsPreview } from './sms-preview.tsx';
import { Answered, Empty, Loading } from './states.tsx';
import { Words } from './words.tsx';
import { yesOrNo } from './yes-or-no.ts';

/** Choices of a list; who has more gives the rest by the API. */
const CHOICES_MAX = 200;
const STATES = ['active', 'paused', 'archived'] as const;
const PAYOUTS = ['cpa', 'cpc', 'revshare'] as const;
const BOT_FILTERS = ['inherit', 'filter', 'no_filter'] as const;
const DUPLICATES = ['ignore', 'rebill', 'replace'] as const;
const INTERSTITIALS = ['off', 'timed', 'tap'] as const;

const LISTS = ['rules', 'caps', 'attribution'] as const;
const OfferRules = lazy(async () => ({ default: (await import('./offer-rules.tsx')).OfferRules }));

const named = <T extends string>(names: readonly T[], titles: Record<T, string>): [T, string][] =>
  names.map((name) => [name, titles[name]]);

export interface CatalogFormProps<T> {
  account: Account;
  /** What is changed; without it a new one is made. */
  stored?: T;
  /** It is stored; its id. */
  done: (id: string) => void;
}

/** How a form of `kind` is saved: all of it where it is new, else what differs. */
function savingOf<T extends object>(
  kind: DefinedKind,
  { account, done }: Pick<CatalogFormProps<never>, 'account' | 'done'>,
  {
    id,
    read,
    id_of,
  }: { id: string | undefined; read: (values: Values) => T; id_of: (made: never) => string },
) {
  return {
    name: `${account.account_id}/${kind}/${id ?? 'new'}`,
    button: id === undefined ? t.make[kind] : t.edit.save,
    save: async (values: Values, before: Values): Promise<string> => {
      if (id === undefined) return id_of(await make<never>(`/v2/${kind}`, read(values), t.edit.made));
      await change(`/v2/${kind}/${encodeURIComponent(id)}`, read(before), read(values), t.edit.saved);
      return id;
    },
    saved: done,
  };
}

/** Where a new one has none yet. */
const StatusField = ({ stored }: { stored: object | undefined }): JSX.Element | null =>
  stored === undefined ? null : (
    <Choice name="status" label={t.edit.status} choices={named(STATES, t.edit.states)} />
  );

export function OfferForm({ stored, ...props }: CatalogFormProps<Offer>): JSX.Element {
  const others = useAnswer('/v2/offers', { status: 'active', per_page: CHOICES_MAX });
  const saving = savingOf('offers', props, {
    id: stored?.offer_id,
    read: (values) => offerOf(values, timeZone()),
    id_of: ({ offer_id }: Offer) => offer_id,
  });
  return (
    <EditForm {...saving} stored={stored === undefined ? NEW_OFFER : offerValues(stored, timeZone())}>
      {({ values, put }) => (
        <>
          <Field name="name" label={t.make.name} placeholder={t.make.offer_name_hint} />
          <StatusField stored={stored} />
          <Field
            name="destination_url"
            label={t.make.destination}
            type="url"
            inputmode="url"
            placeholder="https://shop.example/?cid={{click_id}}"
            help={t.make.destination_help}
          />
          <Choice name="payout_type" label={t.make.payout_type} choices={named(PAYOUTS, t.make)} />
          <Field name="payout" label={t.make.payout} inputmode="decimal" placeholder="12.50" optional />
          <Field name="currency" label={t.make.currency} placeholder="USD" optional />
          <details open={stored !== undefined}>
            <summary>{t.edit.more}</summary>
            <div className="form">
              <Choice
                name="bot_filter"
                label={t.edit.bot_filter}
                choices={named(BOT_FILTERS, t.edit.bot_filters)}
              />
              <Choice
                name="interstitial"
                label={t.edit.interstitial}
                choices={named(INTERSTITIALS, t.edit.interstitials)}
              />
              <Field name="interstitial_seconds" label={t.edit.interstitial_seconds} inputmode="numeric" />
              <Field name="click_window_days" label={t.edit.click_window_days} inputmode="numeric" />
              <Field
                name="min_conversion_seconds"
                label={t.edit.min_conversion_seconds}
                inputmode="numeric"
              />
              <Choice
                name="duplicates"
                label={t.edit.duplicates}
                choices={named(DUPLICATES, t.edit.duplicate_kinds)}
              />
              <Choice
                name="postback_signature_required"
                label={t.edit.postback_signature}
                choices={yesOrNo}
              />
              <Area
                name="coupon_codes"
                label={t.edit.coupon_codes}
                help={t.edit.one_a_line}
                placeholder="SPRING10"
                optional
              />
              <Choice
                name="fallback_offer_id"
                label={t.edit.fallback_offer}
                initial=""
                help={t.edit.fallback_help}
                choices={[
                  ['', t.edit.no_fallback],
                  ...(others.value?.offers ?? [])
                    .filter(({ offer_id }) => offer_id !== stored?.offer_id)
                    .map(({ offer_id, name }) => [offer_id, name] as const),
                ]}
              />
              <Field name="fallback_url" label={t.edit.fallback_url} type="url" inputmode="url" optional />
              <ParameterFields />
              <Area
                name="metadata"
                label={t.edit.metadata}
                help={t.edit.metadata_help}
                placeholder="owner=crm"
                optional
              />
            </div>
          </details>
          <div>
            {LISTS.map((name) => (
              <Kept key={name} name={name} value={values[name]} />
            ))}
          </div>
          <details open={LISTS.some((name) => (values[name] ?? '[]') !== '[]')}>
            <summary>{t.offer_rules.title}</summary>
            <Suspense fallback={<Loading />}>
              <OfferRules values={values} put={put} />
            </Suspense>
          </details>
        </>
      )}
    </EditForm>
  );
}

/** What a part of the form puts together, and what the API finds wrong with it. */
const Kept = ({ name, value = '[]' }: { name: string; value: string | undefined }): JSX.Element => (
  <>
    <input type="hidden" name={name} value={value} />
    <BaseField.Root name={name}>
      <BaseField.Error className="error" role="alert" />
    </BaseField.Root>
  </>
);

/** The address of the account's links without the id; the installation's own where the account has no domain. */
export const originOf = ({ tracking_domain }: Pick<Account, 'tracking_domain'>): string =>
  tracking_domain === '' ? location.origin : `https://${tracking_domain}`;

export function CreativeForm({ stored, ...props }: CatalogFormProps<Creative>): JSX.Element {
  const offers = useAnswer('/v2/offers', { status: 'active', per_page: CHOICES_MAX });
  const saving = savingOf('creatives', props, {
    id: stored?.creative_id,
    read: creativeOf,
    id_of: ({ creative_id }: Creative) => creative_id,
  });
  return (
    <Answered
      answer={offers}
      show={({ offers: list }) =>
        list.length === 0 && stored === undefined ? (
          <Empty>
            <Words text={t.make.needs_offer} first={<a href="/offers/new">{t.make.offers}</a>} />
          </Empty>
        ) : (
          <EditForm
            {...saving}
            stored={stored === undefined ? { query: '' } : creativeValues(stored)}
            beside={({ body = '' }) => <SmsPreview body={body} origin={originOf(props.account)} />}
          >
            {({ values }) => (
              <>
                <Field name="name" label={t.make.name} placeholder={t.make.creative_name_hint} />
                <StatusField stored={stored} />
                <Area
                  name="body"
                  label={t.make.body}
                  help={t.make.body_help}
                  rows={4}
                  placeholder="Hi {{first_name|there}}, look: {{link1}}"
                />
                {linkKeysOf(values['body'] ?? '').map((key) => (
                  <Choice
                    key={key}
                    name={key}
                    label={t.make.leads_to(key)}
                    initial={list[0]?.offer_id ?? ''}
                    choices={list.map(({ offer_id, name }) => [offer_id, name] as const)}
                  />
                ))}
                <More open={stored !== undefined} />
              </>
            )}
          </EditForm>
        )
      }
    />
  );
}

/** What creatives and campaigns have in common. */
function More({ open }: { open: boolean }): JSX.Element {
  const domains = useAnswer('/v2/domains', {});
  return (
    <details open={open}>
      <summary>{t.edit.more}</summary>
      <div className="form">
        <Choice
          name="domain"
          label={t.edit.domain}
          initial=""
          choices={[
            ['', t.edit.domain_wider],
            ...(domains.value?.domains ?? [])
              .filter(({ status }) => status !== 'retired')
              .map(({ domain, name }) => [domain, name] as const),
          ]}
        />
        <ParameterFields />
      </div>
    </details>
  );
}

export function CampaignForm({ stored, ...props }: CatalogFormProps<Campaign>): JSX.Element {
  const creatives = useAnswer('/v2/creatives', { status: 'active', per_page: CHOICES_MAX });
  const saving = savingOf('campaigns', props, {
    id: stored?.campaign_id,
    read: campaignOf,
    id_of: ({ campaign_id }: Campaign) => campaign_id,
  });
  return (
    <Answered
      answer={creatives}
      show={({ creatives: list }) =>
        list.length === 0 && stored === undefined ? (
          <Empty>
            <Words text={t.make.needs_creative} first={<a href="/creatives/new">{t.make.creatives}</a>} />
          </Empty>
        ) : (
          <EditForm
            {...saving}
            stored={
              stored === undefined
                ? { ...NEW_CAMPAIGN, 'variants.0.creative_id': list[0]?.creative_id ?? '' }
                : campaignValues(stored)
            }
            blocked={(values) => !isWhole(values)}
          >
            {(form) => (
              <>
                <Field name="name" label={t.make.name} placeholder={t.make.campaign_name_hint} />
                <StatusField stored={stored} />
                <Variants
                  {...form}
                  creatives={list.map(({ creative_id, name }) => [creative_id, name] as const)}
                />
                <Selection values={form.values} />
                <More open={stored !== undefined} />
              </>
            )}
          </EditForm>
        )
      }
    />
  );
}

function Variants({
  values,
  put,
  generation,
  creatives,
}: FormNow & { creatives: ChoiceProps['choices'] }): JSX.Element {
  const add = useRef<HTMLButtonElement>(null);
  const variants = variantsOf(values);
  return (
    <fieldset className="variants">
      <legend>{t.edit.variants}</legend>
      <input type="hidden" name="variants" value={variants.length} />
      {variants.map(({ variant_id }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; another generation draws all anew
        <div className="variant" key={`${generation}/${i}`}>
          <Field name={`variants.${i}.variant_id`} label={t.edit.variant} />
          <Choice
            name={`variants.${i}.creative_id`}
            label={t.edit.creative_of(variant_id)}
            choices={creatives}
          />
          <Field name={`variants.${i}.percent`} label={t.edit.percent_of(variant_id)} inputmode="numeric" />
          <button
            type="button"
            aria-label={t.edit.remove_variant(variant_id)}
            onClick={() => {
              put(withoutVariant(values, i));
              // The button goes with its row.
              add.current?.focus();
            }}
          >
            {t.shared.remove}
          </button>
        </div>
      ))}
      <Sum values={values} />
      <p className="actions">
        <button type="button" ref={add} onClick={() => put(withVariant(values))}>
          {t.edit.add_variant}
        </button>
        {variants.length > 1 && (
          <button type="button" onClick={() => put(splitEvenly(values))}>
            {t.edit.split_evenly}
          </button>
        )}
      </p>
      <BaseField.Root name="variants">
        <BaseField.Error className="error" role="alert" />
      </BaseField.Root>
    </fieldset>
  );
}

/** What the percents add up to, as they are typed. */
function Sum({ values }: { values: Values }): JSX.Element {
  const sum = percentSum(values);
  return (
    <p className={isWhole(values) ? 'note' : 'error'} role="status">
      {Number.isNaN(sum) ? t.edit.no_percent : t.edit.sum(sum)}
    </p>
  );
}

/** How it chooses where the sender leaves it to the campaign. */
const Selection = ({ values }: { values: Values }): JSX.Element => (
  <>
    <Choice
      name="selection.method"
      label={t.edit.selection}
      choices={named(['planned', 'thompson'], t.edit.methods)}
    />
    {values['selection.method'] === 'thompson' ? (
      <>
        <Choice
          name="selection.metric"
          label={t.edit.metric}
          choices={named(['click_rate', 'revenue_per_message'], t.edit.metrics)}
        />
        <Field name="selection.control_percent" label={t.edit.control_percent} inputmode="numeric" />
      </>
    ) : (
      <>
        <input type="hidden" name="selection.metric" value={values['selection.metric']} />
        <input type="hidden" name="selection.control_percent" value={values['selection.control_percent']} />
      </>
    )}
  </>
);
