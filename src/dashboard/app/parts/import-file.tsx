/** A file of history: which product and columns it is of, what a dry run finds, and the import of it. */
import { type JSX, useState } from 'react';
import { type AnswerOf, addressOf, sendFile } from '../api.ts';
import type { CsvHead } from '../csv-head.ts';
import { count, timeZone } from '../format.ts';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';
import { columnParameters, HowToRead, type ReadAs, WhichColumn } from './file-choices.tsx';
import { type ChosenFile, FileDrop, FirstLines } from './file-drop.tsx';
import { Select, Text } from './plain-fields.tsx';
import { Failed } from './states.tsx';
import { Table } from './table.tsx';

type Formats = AnswerOf<'/v2/imports/formats'>;
type Kind = Formats['kinds'][number]['kind'];
const KINDS = ['links', 'clicks', 'sends', 'conversions'] as const satisfies readonly Kind[];

interface Choices extends ReadAs {
  kind: '' | Kind;
  preset: string;
  columns: Readonly<Partial<Record<string, string>>>;
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
  ...columnParameters(columns),
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
          <WhatItIs choices={choices} put={put} formats={formats.value} />
          <KnownFrom preset={choices.preset || found?.preset} formats={formats.value} />
          <Columns
            choices={choices}
            put={put}
            head={chosen.head}
            kind={choices.kind || found?.kind}
            formats={formats.value}
          />
          {found !== undefined && <Found found={found} formats={formats.value} />}
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

function WhatItIs({ choices, put, formats }: Part): JSX.Element {
  const presets = (formats?.presets ?? []).filter(({ kind }) => choices.kind === '' || choices.kind === kind);
  return (
    <HowToRead choices={choices} put={put}>
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
      <Text
        label={t.imports.domain}
        placeholder="go.example.com"
        value={choices.domain}
        typed={(domain) => put({ domain })}
      />
    </HowToRead>
  );
}

/** Where the names of the columns of this product are from, and how sure that is. */
function KnownFrom({
  preset,
  formats,
}: Pick<Part, 'formats'> & { preset: string | undefined }): JSX.Element | null {
  const known = formats?.presets.find((one) => one.preset === preset);
  if (known === undefined) return null;
  const { title, source, known_from } = known;
  return (
    <p className="muted" role="status">
      {title}: {t.imports.known_from[known_from]} {t.imports.source}: <span lang="en">{source}</span>
    </p>
  );
}

function Columns({
  choices: { columns },
  put,
  formats,
  head,
  kind,
}: Part & { head: CsvHead; kind: Kind | undefined }): JSX.Element | null {
  const fields = formats?.kinds.find((one) => one.kind === kind)?.fields ?? [];
  if (fields.length === 0) return null;
  return (
    <details>
      <summary>{t.reconcile.columns}</summary>
      <WhichColumn
        fields={fields.map(({ field }) => [field, field] as const)}
        head={head}
        columns={columns}
        put={(chosen) => put({ columns: chosen })}
      />
    </details>
  );
}

function Found({ found, formats }: Pick<Part, 'formats'> & { found: ImportFound }): JSX.Element {
  const { kind, preset, rows, failed, mapping, ignored_columns, errors } = found;
  const title = formats?.presets.find((one) => one.preset === preset)?.title ?? preset;
  return (
    <section aria-labelledby="found">
      <h3 id="found">{t.imports.found}</h3>
      <p role="status">
        {t.imports.counts(t.imports.kinds[kind], count(rows - failed), count(failed))}
        {title === '' ? '' : ` (${title})`}
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
