/** Exports of the account's rows: asked for, how far each is, its files; paused, taken up again, given other keys, removed. */
import { type JSX, useState } from 'react';
import { type AnswerOf, addressOf, send } from '../api.ts';
import type { Values } from '../drafts.ts';
import { bytes, count, percent, time } from '../format.ts';
import { go, usePlace } from '../location.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Copy } from '../parts/copy.tsx';
import { Choice, Field, Form } from '../parts/form.tsx';
import { notify } from '../parts/notify.ts';
import { Answered, Empty, Failed } from '../parts/states.tsx';
import { type Column, Pages, Table } from '../parts/table.tsx';
import { focusHeading, Title } from '../parts/title.tsx';
import { make } from '../save.ts';
import { t } from '../strings/strings.ts';
import { queries, useAnswer } from '../use-answer.ts';

type Export = AnswerOf<'/v2/exports'>['exports'][number];
type ExportFile = AnswerOf<'/v2/exports/{export_id}/files'>['files'][number];

const LOOK_EVERY_MS = 5_000;
const DATASETS = ['clicks', 'sends', 'deliveries', 'conversions', 'verdicts', 'contacts'] as const;
const TONES: Record<Export['state'], string> = {
  waiting: '',
  running: 'good',
  done: 'good',
  failed: 'bad',
  paused: 'warn',
  removing: '',
};

export function ExportsPage(): JSX.Element {
  const answer = useAnswer(
    '/v2/exports',
    {},
    { every_ms: (last) => (last?.exports.every(isOver) ? undefined : LOOK_EVERY_MS) },
  );
  return (
    <div>
      <Title text={t.pages.exports} />
      <p>{t.exports.about}</p>
      <Answered
        answer={answer}
        show={({ exports }) =>
          exports.length === 0 ? (
            <Empty>{t.exports.none}</Empty>
          ) : (
            <Table
              caption={t.pages.exports}
              stacked
              columns={COLUMNS}
              rows={exports}
              id={({ export_id }) => export_id}
            />
          )
        }
      />
      <h2>{t.exports.new}</h2>
      <ExportForm />
    </div>
  );
}

const nameOf = ({ name, datasets }: Export): string =>
  name || datasets.map((one) => t.exports.datasets[one]).join(', ');
const isOver = ({ state }: Export): boolean => state === 'done' || state === 'failed';

const COLUMNS: Column<Export>[] = [
  {
    name: '',
    title: t.make.name,
    show: (one) => <a href={`/exports/${one.export_id}`}>{nameOf(one)}</a>,
  },
  { name: '', title: t.exports.every, show: ({ every }) => t.exports.everys[every] },
  { name: '', title: t.exports.place, show: ({ destination }) => placeOf(destination) },
  { name: '', title: t.exports.state, show: (one) => <State one={one} /> },
  { name: '', title: t.exports.rows, number: true, show: ({ rows }) => count(rows) },
];

const placeOf = ({ kind, place }: Export['destination']): string =>
  kind === 'folder' ? t.exports.folder : place;

function State({ one }: { one: Export }): JSX.Element {
  const { state, error, waits_for, next_at } = one;
  return (
    <div>
      <span className={`state ${error === '' ? TONES[state] : 'bad'}`}>{t.exports.states[state]}</span>
      {error !== '' && <p className="error">{error}</p>}
      {waits_for !== '' && <p className="note">{t.exports.waits_for(waits_for)}</p>}
      {next_at !== null && <p className="note">{t.exports.next(time(next_at, 'short'))}</p>}
    </div>
  );
}

function ExportForm(): JSX.Element {
  const [values, setValues] = useState<Values>({});
  const is_hourly = values['every'] === 'hour';
  const in_bucket = values['kind'] === 's3';
  const { format = 'parquet' } = values;
  return (
    <Form
      button={t.exports.make}
      typed={setValues}
      submit={async (typed) => {
        const made = await make<Export>('/v2/exports', exportOf(typed), t.exports.made);
        setValues({});
        go(`/exports/${made.export_id}`);
      }}
    >
      <Field name="name" label={t.make.name} optional />
      <fieldset>
        <legend>{t.exports.what}</legend>
        {DATASETS.map((one) => (
          <label key={one} className="check">
            <input
              type="checkbox"
              className="tick"
              name={`dataset.${one}`}
              defaultChecked={one === 'clicks'}
            />
            <span>{t.exports.datasets[one]}</span>
          </label>
        ))}
      </fieldset>
      <Choice
        name="every"
        label={t.exports.every}
        choices={(['once', 'hour'] as const).map((one) => [one, t.exports.everys[one]])}
        initial="once"
        help={is_hourly ? t.exports.hourly_help : undefined}
      />
      <Field
        name="from"
        label={t.exports.from}
        placeholder="2026-11-01"
        help={t.exports.from_help}
        optional
      />
      {!is_hourly && (
        <>
          <Field name="to" label={t.exports.to} placeholder="2026-11-30" optional />
          <Choice
            name="range_by"
            label={t.exports.range_by}
            choices={(['event', 'sent'] as const).map((one) => [one, t.exports.ranges_by[one]])}
            initial="event"
          />
        </>
      )}
      <Choice
        name="format"
        label={t.exports.format}
        choices={[
          ['parquet', 'Parquet'],
          ['csv', 'CSV'],
          ['ndjson', 'NDJSON'],
        ]}
        initial="parquet"
      />
      {format !== 'parquet' && (
        <label className="check">
          <input type="checkbox" className="tick" name="gzip" />
          <span>{t.exports.gzip}</span>
        </label>
      )}
      <Choice
        name="kind"
        label={t.exports.place}
        choices={[
          ['folder', t.exports.folder],
          ['s3', t.exports.bucket_of],
        ]}
        initial="folder"
      />
      {in_bucket && (
        <>
          <Field name="bucket" label={t.exports.bucket} placeholder="my-lake" />
          <Field name="prefix" label={t.exports.prefix} placeholder="trackly" optional />
          <Field name="region" label={t.exports.region} placeholder="us-east-1" optional />
          <Field
            name="endpoint"
            label={t.exports.endpoint}
            type="url"
            help={t.exports.endpoint_help}
            optional
          />
          <KeyFields />
        </>
      )}
    </Form>
  );
}

const KeyFields = (): JSX.Element => (
  <>
    <Field name="access_key_id" label={t.exports.access_key_id} />
    <Field
      name="secret_access_key"
      label={t.exports.secret_access_key}
      type="password"
      autocomplete="off"
      help={t.exports.secret_help}
    />
  </>
);

function exportOf(values: Values): object {
  const { name = '', every, format, kind } = values;
  const given = (...names: string[]): object =>
    Object.fromEntries(
      names.flatMap((field) => {
        const text = values[field]?.trim() ?? '';
        return text === '' ? [] : [[field, text]];
      }),
    );
  return {
    ...{ name: name.trim(), every, format },
    datasets: DATASETS.filter((one) => values[`dataset.${one}`] !== undefined),
    compression: values['gzip'] === undefined ? 'none' : 'gzip',
    ...given('from', 'to', 'range_by'),
    destination: {
      kind,
      ...given('bucket', 'prefix', 'region', 'endpoint', 'access_key_id', 'secret_access_key'),
    },
  };
}

export function ExportPage({ id }: { id: string }): JSX.Element {
  const answer = useAnswer(
    '/v2/exports/{export_id}',
    { export_id: id },
    { every_ms: (last) => (last !== undefined && isOver(last) ? undefined : LOOK_EVERY_MS) },
  );
  return (
    <div>
      <p className="crumbs">
        <a href="/exports">{t.pages.exports}</a>
        {' / '}
        <span>{id}</span>
      </p>
      <Title text={answer.value === undefined ? t.pages.exports : nameOf(answer.value)} />
      <Answered
        answer={answer}
        show={(one) => (
          <>
            <Facts one={one} />
            <Actions one={one} />
          </>
        )}
      />
      <h2>{t.exports.files}</h2>
      {answer.value !== undefined && <Files one={answer.value} />}
    </div>
  );
}

function Facts({ one }: { one: Export }): JSX.Element {
  const { from, to, written_to, every, destination, format, files, rows, bytes: size } = one;
  const share =
    to === null ? null : (Date.parse(written_to) - Date.parse(from)) / (Date.parse(to) - Date.parse(from));
  const facts: [string, JSX.Element | string][] = [
    [t.exports.state, <State key="state" one={one} />],
    [t.exports.what, one.datasets.map((name) => t.exports.datasets[name]).join(', ')],
    [t.exports.every, t.exports.everys[every]],
    [t.exports.from, time(from)],
    [t.exports.to, to === null ? t.exports.never : time(to)],
    [t.exports.written_to, `${time(written_to)}${share === null ? '' : ` (${percent(share)})`}`],
    [t.exports.place, placeOf(destination)],
    [t.exports.format, format],
    [t.exports.files, t.exports.amount(count(files), count(rows), bytes(size))],
    ...Object.entries(one.filters).map(([name, values]): [string, string] => [name, values.join(', ')]),
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Actions({ one }: { one: Export }): JSX.Element {
  const [error, setError] = useState<Error>();
  const { export_id, state, destination } = one;
  const address = `/v2/exports/${export_id}`;
  const put = (body: object): void => {
    setError(undefined);
    send('PATCH', address, body).then(() => {
      notify({ text: t.edit.saved });
      void queries.invalidateQueries();
    }, setError);
  };
  const rests = state === 'paused' || state === 'failed';
  return (
    <>
      {error !== undefined && <Failed error={error} />}
      <div className="actions">
        {(rests || !isOver(one)) && (
          <button type="button" onClick={() => put({ status: rests ? 'active' : 'paused' })}>
            {rests ? t.exports.resume : t.exports.pause}
          </button>
        )}
        <Confirm
          button={t.shared.remove}
          label={t.exports.remove_of(nameOf(one))}
          question={destination.kind === 'folder' ? t.exports.remove_ask : t.exports.remove_bucket_ask}
          confirmed={() =>
            void send('DELETE', address).then(() => {
              // What is shown is not there any more: it is not asked for again.
              void queries.invalidateQueries({ refetchType: 'none' });
              go('/exports');
              focusHeading();
              notify({ text: t.exports.removed });
            }, setError)
          }
        />
      </div>
      {destination.kind === 's3' && state !== 'done' && (
        <details>
          <summary>{t.exports.other_keys}</summary>
          <Form
            button={t.edit.save}
            quiet
            submit={async ({ access_key_id, secret_access_key }) => {
              await send('PATCH', address, { keys: { access_key_id, secret_access_key } });
              notify({ text: t.edit.saved });
              void queries.invalidateQueries();
            }}
          >
            <KeyFields />
          </Form>
        </details>
      )}
    </>
  );
}

function Files({ one }: { one: Export }): JSX.Element {
  const place = usePlace();
  const page = Number(place.query['page'] ?? 1);
  const { export_id } = one;
  const answer = useAnswer(
    '/v2/exports/{export_id}/files',
    { export_id, page: String(page), per_page: '50' },
    // The last ones may come after it is over.
    {
      every_ms: (last) => (isOver(one) && (last?.total ?? 0) >= one.files ? undefined : LOOK_EVERY_MS),
    },
  );
  return (
    <Answered
      answer={answer}
      show={({ files, total, per_page }) =>
        files.length === 0 ? (
          <Empty>{t.exports.no_files}</Empty>
        ) : (
          <>
            <Table
              caption={t.exports.files}
              stacked
              columns={fileColumns(one)}
              rows={files}
              id={({ name }) => name}
            />
            <Pages place={place} page={page} per_page={per_page} total={total} />
          </>
        )
      }
    />
  );
}

const fileColumns = ({ export_id, destination }: Export): Column<ExportFile>[] => [
  {
    name: '',
    title: t.make.name,
    show: ({ name }) =>
      destination.kind === 'folder' ? (
        <a href={addressOf(`/v2/exports/${export_id}/file`, { name })} download={name.split('/').at(-1)}>
          {name}
        </a>
      ) : (
        <code>{name}</code>
      ),
  },
  { name: '', title: t.exports.rows, number: true, show: ({ rows }) => count(rows) },
  { name: '', title: t.exports.size, number: true, show: ({ bytes: size }) => bytes(size) },
  {
    name: '',
    title: 'SHA-256',
    show: ({ sha256, name }) => (
      <span className="copied">
        <code>{sha256.slice(0, 12)}…</code> <Copy text={sha256} what={` ${name}`} />
      </span>
    ),
  },
];
