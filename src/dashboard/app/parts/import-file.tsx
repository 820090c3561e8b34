/** A file of history: which product and columns it is of, what a dry run finds, and the import of it. */
import { type JSX, useState } from 'react';
import { type AnswerOf, addressOf, sendFile } from '../api.ts';
import { count, timeZone } from '../format.ts';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';
import { type ChosenFile, FileDrop, FirstLines } from './file-drop.tsx';
import { Select, Text } from './plain-fields.tsx';
import { Failed } from './states.tsx';
import { Table } from './table.tsx';

type Formats = AnswerOf<'/v2/imports/formats'>;
type Kind = Formats['kinds'][number]['kind'];
const KINDS = ['links', 'clicks', 'sends', 'conversions'] as const satisfies readonly Kind[];

interface Choices {
  kind: '' | Kind;
  preset: string;
  columns: Readonly<Record<string, string>>;
  dates: '' | 'dmy' | 'mdy';
  tz: string;
  currency: string;
  domain: string;
}

/** What a dry run answers; the same of an import. */
export interface ImportFound {
  kind: Kind;
  preset: string;
  mapping: Record<string, string>;
  ignored_columns: string[];
  rows: number;
  failed: number;
  added: number;
  duplicates: number;
  errors: { line: number; error: string; message: string }[];
}

const queryOf = ({ columns, ...choices }: Choices, file_name: string, dry_run: boolean): object => ({
  ...choices,
  ...Object.fromEntries(Object.entries(columns).map(([field, title]) => [`${field}_column`, title])),
  file_name: file_name.slice(0, 200),
  dry_run,
});

export function ImportFile(): JSX.Element {
  const formats = useAnswer('/v2/imports/formats', {});
  const [chosen, setChosen] = useState<ChosenFile>();
  const [choices, setChoices] = useState<Choices>({
    ...{ kind: '', preset: '', columns: {}, dates: '', currency: '', domain: '' },
    tz: timeZone(),
  });
  const [found, setFound] = useState<ImportFound>();
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);
  // The same request may be sent again; another choice is another request.
  const [key, setKey] = useState('');
  const put = (changes: Partial<Choices>): void => {
    setChoices({ ...choices, ...changes });
    setFound(undefined);
    setKey(`import-${Date.now()}`);
  };
  const run = async ({ file }: ChosenFile, dry: boolean): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const address = addressOf('/v2/imports', queryOf(choices, file.name, dry));
      const answer = await sendFile<ImportFound>(address, file, 'text/csv', dry ? undefined : key);
      if (dry) setFound(answer);
      else {
        setChosen(undefined);
        setFound(undefined);
      }
      void queries.invalidateQueries();
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="import">
      <h2 id="import">{t.imports.make}</h2>
      <p className="muted">{t.imports.about}</p>
      <FileDrop
        text={t.imports.drop}
        chosen={chosen}
        take={(one) => {
          setError(undefined);
          setChosen(one);
          put({ columns: {} });
        }}
        failed={setError}
      />
      {chosen !== undefined && (
        <>
          <FirstLines head={chosen.head} />
          <Ways choices={choices} put={put} formats={formats.value} />
          <Columns
            choices={choices}
            put={put}
            titles={chosen.head.columns}
            kind={choices.kind || found?.kind}
            formats={formats.value}
          />
          {found !== undefined && <Found found={found} />}
          <p className="actions">
            <button type="button" disabled={busy} onClick={() => void run(chosen, true)}>
              {t.imports.check}
            </button>
            <button
              type="button"
              className="main"
              disabled={busy || found === undefined || found.failed === found.rows}
              onClick={() => void run(chosen, false)}
            >
              {t.imports.start}
            </button>
          </p>
          {busy && <p role="status">{t.imports.reading}</p>}
        </>
      )}
      {error !== undefined && <Failed error={error} />}
    </section>
  );
}

interface Part {
  choices: Choices;
  put: (changes: Partial<Choices>) => void;
  formats: Formats | undefined;
}

function Ways({ choices, put, formats }: Part): JSX.Element {
  const presets = (formats?.presets ?? []).filter(({ kind }) => choices.kind === '' || choices.kind === kind);
  return (
    <fieldset className="row">
      <legend>{t.reconcile.ways}</legend>
      <Select
        label={t.imports.kind}
        value={choices.kind}
        choices={[
          ['', t.reconcile.by_itself] as const,
          ...KINDS.map((kind) => [kind, t.imports.kinds[kind]] as const),
        ]}
        chosen={(kind) => put({ kind, preset: '', columns: {} })}
      />
      <Select
        label={t.imports.product}
        value={choices.preset}
        choices={[
          ['', t.reconcile.by_itself] as const,
          ...presets.map(({ preset, title }) => [preset, title] as const),
        ]}
        chosen={(preset) => put({ preset })}
      />
      <Select
        label={t.reconcile.dates}
        value={choices.dates}
        choices={[
          ['', t.reconcile.by_itself],
          ['dmy', '28.11.2026'],
          ['mdy', '11/28/2026'],
        ]}
        chosen={(dates) => put({ dates })}
      />
      <Text label={t.account.time_zone} value={choices.tz} typed={(tz) => put({ tz })} />
      <Text
        label={t.make.currency}
        placeholder="USD"
        value={choices.currency}
        typed={(currency) => put({ currency })}
      />
      <Text
        label={t.imports.domain}
        placeholder="go.example.com"
        value={choices.domain}
        typed={(domain) => put({ domain })}
      />
    </fieldset>
  );
}

function Columns({
  choices,
  put,
  formats,
  titles,
  kind,
}: Part & { titles: readonly string[]; kind: Kind | undefined }): JSX.Element | null {
  const fields = formats?.kinds.find((one) => one.kind === kind)?.fields ?? [];
  if (fields.length === 0) return null;
  const named = [...new Set(titles)].filter((title) => title !== '');
  return (
    <details>
      <summary>{t.reconcile.columns}</summary>
      <div className="row">
        {fields.map(({ field }) => (
          <Select
            key={field}
            label={field}
            value={choices.columns[field] ?? ''}
            choices={[['', t.reconcile.by_itself] as const, ...named.map((title) => [title, title] as const)]}
            chosen={(title) => {
              const { [field]: _, ...others } = choices.columns;
              put({ columns: title === '' ? others : { ...others, [field]: title } });
            }}
          />
        ))}
      </div>
    </details>
  );
}

function Found({ found }: { found: ImportFound }): JSX.Element {
  const { kind, preset, rows, failed, mapping, ignored_columns, errors } = found;
  return (
    <section aria-labelledby="found">
      <h3 id="found">{t.imports.found}</h3>
      <p role="status">
        {t.imports.counts(t.imports.kinds[kind], count(rows - failed), count(failed))}
        {preset === '' ? '' : ` (${preset})`}
      </p>
      <Table
        caption={t.reconcile.columns}
        columns={[
          { name: '', title: t.imports.field, show: ([field]: [string, string]) => field },
          { name: '', title: t.imports.column, show: ([, title]) => title },
        ]}
        rows={Object.entries(mapping)}
      />
      {ignored_columns.length > 0 && (
        <p className="muted">{t.imports.ignored(ignored_columns.slice(0, 20).join(', '))}</p>
      )}
      {errors.length > 0 && <ImportErrors errors={errors} />}
    </section>
  );
}

export function ImportErrors({ errors }: Pick<ImportFound, 'errors'>): JSX.Element {
  return (
    <Table
      caption={t.imports.errors}
      stacked
      columns={[
        {
          name: '',
          title: t.imports.line,
          number: true,
          show: ({ line }: ImportFound['errors'][number]) => line,
        },
        { name: '', title: t.imports.why, show: ({ message }) => message },
      ]}
      rows={errors}
    />
  );
}
