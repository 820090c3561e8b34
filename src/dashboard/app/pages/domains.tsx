/** Tracking domains: what DNS has to say, what it says, and how far each is; added, checked, made primary, given up. */
import { type JSX, useState } from 'react';
import { type AnswerOf, send, shownAccount } from '../api.ts';
import { time } from '../format.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Copy } from '../parts/copy.tsx';
import { EditForm } from '../parts/edit-form.tsx';
import { Area, Field, Form } from '../parts/form.tsx';
import { notify } from '../parts/notify.ts';
import { Answered, Empty, Failed } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { focusHeading, Title } from '../parts/title.tsx';
import { change } from '../save.ts';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';

type Domain = AnswerOf<'/v2/domains'>['domains'][number];
type DnsRecord = Domain['records'][number];

/** While one is on its way; the installation looks again by itself. */
const ASK_EVERY_MS = 5_000;
const isPending = ({ status }: Domain): boolean => status === 'pending_dns' || status === 'verified';
const TONES: Record<Domain['status'], string> = {
  pending_dns: 'warn',
  verified: 'warn',
  active: 'good',
  failing: 'bad',
  retired: '',
};

export function DomainsPage({ may_change }: { may_change: boolean }): JSX.Element {
  const answer = useAnswer(
    '/v2/domains',
    {},
    { every_ms: (last) => (last?.domains.some(isPending) ? ASK_EVERY_MS : undefined) },
  );
  return (
    <div>
      <Title text={t.pages.domains} />
      <Answered
        answer={answer}
        show={({ domains }) =>
          domains.length === 0 ? (
            <Empty>{t.domains.none}</Empty>
          ) : (
            domains.map((domain) => <One key={domain.domain} domain={domain} may_change={may_change} />)
          )
        }
      />
      {may_change && (
        <>
          <h2>{t.domains.add}</h2>
          <Form
            button={t.domains.add}
            submit={async ({ domain }) => {
              await send('POST', '/v2/domains', { domain });
              void queries.invalidateQueries();
            }}
          >
            <Field
              name="domain"
              label={t.domains.domain}
              placeholder="go.shop.example"
              inputmode="url"
              help={t.domains.add_help}
            />
          </Form>
        </>
      )}
    </div>
  );
}

function One({ domain, may_change }: { domain: Domain; may_change: boolean }): JSX.Element {
  const { name, status, primary, records, hint, certificate, checked_at, taken_down } = domain;
  return (
    <section className="card domain" aria-label={name}>
      <h2 className="first domain-title">
        <a href={`/domains/${encodeURIComponent(domain.domain)}`}>{name}</a>{' '}
        <span className={`state ${TONES[status]}`}>{t.domains.states[status]}</span>
        {primary && <span className="state good">{t.domains.primary}</span>}
      </h2>
      {taken_down !== undefined && <p className="notice bad">{taken_down.reason}</p>}
      {hint !== '' && <p role="status">{hint}</p>}
      {records.length > 0 && (
        <Table
          caption={t.domains.records_of(name)}
          stacked
          columns={RECORDS}
          rows={records}
          id={({ type, value }) => `${type} ${value}`}
        />
      )}
      <p className="muted">
        {checked_at === null ? t.domains.unchecked : t.domains.checked(time(checked_at))}
        {certificate !== null && ` ${t.domains.certificate(time(certificate.not_after, 'short'))}`}
      </p>
      {may_change && <Actions domain={domain} />}
    </section>
  );
}

const RECORDS: Column<DnsRecord>[] = [
  { name: '', title: t.domains.type, show: ({ type }) => type },
  { name: '', title: t.domains.record, show: ({ name }) => <Copied text={name} /> },
  { name: '', title: t.domains.expected, show: ({ value }) => <Copied text={value} /> },
  {
    name: '',
    title: t.domains.found,
    show: ({ found }) =>
      found.length === 0 ? (
        <span className="muted">{t.domains.nothing}</span>
      ) : (
        <code>{found.join(', ')}</code>
      ),
  },
  {
    name: '',
    title: t.domains.state,
    show: ({ ok }) => (
      <span className={`state ${ok ? 'good' : 'warn'}`}>{ok ? t.domains.right : t.domains.missing}</span>
    ),
  },
];

const Copied = ({ text }: { text: string }): JSX.Element => (
  <span className="copied">
    <code>{text}</code> <Copy text={text} what={` ${text}`} />
  </span>
);

function Actions({ domain }: { domain: Domain }): JSX.Element {
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  const { domain: id, name, status, primary } = domain;
  const address = `/v2/domains/${encodeURIComponent(id)}`;
  const work = (what: () => Promise<unknown>, said: string): void => {
    setBusy(true);
    setError(undefined);
    what()
      .then(() => {
        notify({ text: said });
        void queries.invalidateQueries();
      }, setError)
      .finally(() => setBusy(false));
  };
  return (
    <>
      {error !== undefined && <Failed error={error} />}
      {status !== 'retired' && (
        <div className="actions">
          <button
            type="button"
            disabled={busy}
            aria-label={t.domains.check_of(name)}
            onClick={() => work(() => send('POST', `${address}/verify`), t.domains.looked)}
          >
            {t.domains.check}
          </button>
          {!primary && (
            <button
              type="button"
              disabled={busy}
              aria-label={t.domains.make_primary_of(name)}
              onClick={() => work(() => send('PATCH', address, { primary: true }), t.edit.saved)}
            >
              {t.domains.make_primary}
            </button>
          )}
          <Confirm
            button={t.domains.retire}
            label={t.domains.retire_of(name)}
            question={t.domains.retire_ask(name)}
            confirmed={() => work(() => send('DELETE', address).then(focusHeading), t.domains.retired(name))}
          />
        </div>
      )}
      <Pages domain={domain} address={address} />
    </>
  );
}

/** Where taps lead that no link answers. */
function Pages({ domain, address }: { domain: Domain; address: string }): JSX.Element {
  const { root_url, not_found_url, expired_url, robots } = domain;
  return (
    <details>
      <summary>{t.domains.pages}</summary>
      <EditForm
        name={`${shownAccount()}/domains/${domain.domain}`}
        stored={{ root_url, not_found_url, expired_url, robots }}
        button={t.edit.save}
        save={(values, before) => change(address, before, values, t.edit.saved)}
      >
        {() => (
          <>
            <Field name="root_url" label={t.domains.root_url} type="url" optional />
            <Field name="not_found_url" label={t.domains.not_found_url} type="url" optional />
            <Field name="expired_url" label={t.domains.expired_url} type="url" optional />
            <Area name="robots" label={t.domains.robots} help={t.domains.robots_help} optional />
          </>
        )}
      </EditForm>
    </details>
  );
}
