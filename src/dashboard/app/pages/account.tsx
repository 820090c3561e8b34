/** What an account says of itself, for its owners: name and brand, time zone, fallback, conversions, parameters. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { accountOf, accountValues } from '../catalog-values.ts';
import { EditForm } from '../parts/edit-form.tsx';
import { Area, Choice, Field } from '../parts/form.tsx';
import { LogoField } from '../parts/logo-field.tsx';
import { ParameterFields } from '../parts/parameter-fields.tsx';
import { Answered } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { yesOrNo } from '../parts/yes-or-no.ts';
import { changeAccount } from '../save.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

type OwnAccount = AnswerOf<'/v2/account'>;
const SECRETS = ['always', 'refunds_and_links', 'never'] as const;

export interface AccountProps {
  /** The session shows another name or time zone now. */
  changed: () => void;
}

export function AccountPage({ changed }: AccountProps): JSX.Element {
  const answer = useAnswer('/v2/account', {}, { fresh: true });
  return (
    <div>
      <Title text={t.pages.account} />
      <Answered answer={answer} show={(account) => <AccountForm account={account} changed={changed} />} />
    </div>
  );
}

function AccountForm({ account, changed }: AccountProps & { account: OwnAccount }): JSX.Element {
  return (
    <EditForm
      name={`${account.account_id}/account`}
      stored={accountValues(account)}
      button={t.edit.save}
      save={(values, before) => changeAccount(before, values, accountValues, accountOf)}
      saved={changed}
    >
      {({ values, put }) => (
        <>
          <p className="muted">
            {t.account.id} <code>{account.account_id}</code>
          </p>
          <Field name="name" label={t.make.name} />
          <Field name="time_zone" label={t.account.time_zone} help={t.account.time_zone_help} list="zones" />
          <datalist id="zones">
            {Intl.supportedValuesOf('timeZone').map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
          <Field name="brand.name" label={t.account.brand} help={t.account.brand_help} optional />
          <Field name="brand.color" label={t.account.color} type="color" />
          <LogoField
            logo={values['brand.logo'] ?? ''}
            put={(logo) => put({ ...values, 'brand.logo': logo })}
          />
          <Field
            name="fallback_url"
            label={t.edit.fallback_url}
            help={t.account.fallback_help}
            type="url"
            inputmode="url"
            optional
          />
          <Choice
            name="bot_filter"
            label={t.edit.bot_filter}
            choices={[
              ['filter', t.edit.bot_filters.filter],
              ['no_filter', t.edit.bot_filters.no_filter],
            ]}
          />
          <ParameterFields />
          <h2>{t.shared.conversions}</h2>
          <Choice
            name="conversion_secret_required"
            label={t.account.secret_required}
            choices={SECRETS.map((one) => [one, t.account.secrets[one]] as const)}
          />
          <Choice
            name="conversion_signature_required"
            label={t.account.signature_required}
            choices={yesOrNo}
          />
          <Area
            name="conversion_addresses"
            label={t.account.addresses}
            help={t.account.addresses_help}
            placeholder="192.0.2.0/24"
            optional
          />
          <h2>{t.account.api}</h2>
          <Choice name="strict" label={t.account.strict} help={t.account.strict_help} choices={yesOrNo} />
          <Choice name="refuse_opted_out" label={t.account.refuse_opted_out} choices={yesOrNo} />
        </>
      )}
    </EditForm>
  );
}
