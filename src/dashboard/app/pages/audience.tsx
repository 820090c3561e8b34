/** One audience, or a new one: its rules to be built, who is in it while they are, and all of them as a file. */
import { Field as BaseField } from '@base-ui/react/field';
import type { JSX } from 'react';
import type { Definition } from '../../../audiences/definition.ts';
import type { Account, Audience } from '../../../client/openapi.ts';
import { addressOf } from '../api.ts';
import { definitionOf, type Group, isSound, newRules, parsedRules, rulesOf } from '../audience-rules.ts';
import type { Values } from '../drafts.ts';
import { timeZone } from '../format.ts';
import { pairsOf, textOf } from '../lines.ts';
import { go } from '../location.ts';
import { AudienceBuilder } from '../parts/audience-builder.tsx';
import { AudienceResult } from '../parts/audience-result.tsx';
import { EditForm } from '../parts/edit-form.tsx';
import { Area, Choice, Field } from '../parts/form.tsx';
import { Answered } from '../parts/states.tsx';
import { Title } from '../parts/title.tsx';
import { change, make } from '../save.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';

export interface AudiencePageProps {
  /** `new`: it is yet to be made. */
  id: string;
  /** Of somebody who may change it. */
  account: Account | undefined;
}

export function AudiencePage({ id, account }: AudiencePageProps): JSX.Element {
  const is_new = id === 'new';
  const answer = useAnswer(is_new ? undefined : '/v2/audiences/{id}', { id }, { fresh: true });
  return (
    <div>
      <p className="crumbs">
        <a href="/audiences">{t.pages.audiences}</a>
        {!is_new && ` / ${id}`}
      </p>
      <Title text={is_new ? t.audiences.new : (answer.value?.name ?? id)} />
      {is_new ? (
        account && <AudienceForm account={account} stored={undefined} />
      ) : (
        <Answered
          answer={answer}
          show={(stored) => (
            <>
              <Exports id={id} />
              {account === undefined ? (
                <AudienceResult definition={stored.definition as Definition} />
              ) : (
                <AudienceForm account={account} stored={stored} />
              )}
            </>
          )}
        />
      )}
    </div>
  );
}

/** As it is saved, whatever is being changed below. */
function Exports({ id }: { id: string }): JSX.Element {
  return (
    <p className="actions">
      {(['csv', 'ndjson'] as const).map((format) => (
        <a
          key={format}
          className="button"
          href={addressOf('/v2/audiences/{id}/contacts', { id, format })}
          download={`${id}.${format}`}
        >
          {t.audiences.download(format === 'csv' ? 'CSV' : 'NDJSON')}
        </a>
      ))}
      <span className="note">{t.audiences.as_saved}</span>
    </p>
  );
}

type AudienceFields = Pick<Audience, 'name' | 'metadata'> & {
  definition: Definition;
  status?: Audience['status'];
};

const valuesOf = (rules: Group): Values => ({ definition: JSON.stringify(rules) });

const storedValues = ({ name, status, metadata, definition }: Audience): Values => ({
  ...valuesOf(rulesOf(definition as Definition, timeZone())),
  name,
  status,
  metadata: textOf(metadata),
});

const fieldsOf = ({ name = '', status, definition, metadata }: Values): AudienceFields => ({
  name,
  ...(status !== undefined && { status: status as Audience['status'] }),
  definition: definitionOf(parsedRules(definition) ?? newRules(timeZone())),
  metadata: pairsOf(metadata),
});

function AudienceForm({ account, stored }: { account: Account; stored: Audience | undefined }): JSX.Element {
  const id = stored?.audience_id;
  const save = async (values: Values, before: Values): Promise<string> => {
    if (id === undefined) {
      const made = await make<Audience>('/v2/audiences', fieldsOf(values), t.edit.made);
      return made.audience_id;
    }
    await change(`/v2/audiences/${id}`, fieldsOf(before), fieldsOf(values), t.edit.saved);
    return id;
  };
  return (
    <div className="builder">
      <EditForm
        name={`${account.account_id}/audiences/${id ?? 'new'}`}
        stored={
          stored === undefined ? { ...valuesOf(newRules(timeZone())), metadata: '' } : storedValues(stored)
        }
        button={id === undefined ? t.audiences.make : t.edit.save}
        blocked={({ definition }) => !isSound(parsedRules(definition) ?? newRules(timeZone()))}
        save={save}
        saved={(saved) => go(`/audiences/${encodeURIComponent(saved)}`)}
        beside={({ definition }) => <Result rules={parsedRules(definition)} />}
      >
        {({ values, put }) => (
          <>
            <Field name="name" label={t.make.name} placeholder={t.audiences.name_hint} />
            {stored !== undefined && (
              <Choice
                name="status"
                label={t.edit.status}
                choices={[
                  ['active', t.edit.states.active],
                  ['archived', t.edit.states.archived],
                ]}
              />
            )}
            <input type="hidden" name="definition" value={values['definition'] ?? ''} />
            <AudienceBuilder
              rules={parsedRules(values['definition']) ?? newRules(timeZone())}
              put={(rules) => put({ ...values, ...valuesOf(rules) })}
            />
            <BaseField.Root name="definition">
              <BaseField.Error className="error" role="alert" />
            </BaseField.Root>
            <details>
              <summary>{t.edit.more}</summary>
              <Area
                name="metadata"
                label={t.edit.metadata}
                help={t.edit.metadata_help}
                placeholder="owner=crm"
                optional
              />
            </details>
          </>
        )}
      </EditForm>
    </div>
  );
}

const Result = ({ rules }: { rules: Group | undefined }): JSX.Element => (
  <AudienceResult definition={rules !== undefined && isSound(rules) ? definitionOf(rules) : undefined} />
);
