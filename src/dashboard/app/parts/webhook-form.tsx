/**
 * The form of a webhook or a postback: to make one, and to change one. A partner's template fills it; the request that
 * would be made is shown by the API, which also says what is wrong.
 */
import { type JSX, useRef, useState } from 'react';
import { type AnswerOf, send } from '../api.ts';
import { changedFields, type Values } from '../drafts.ts';
import type { DefinedKind } from '../pages/kinds.ts';
import { t } from '../strings/strings.ts';
import { Area, Choice, Field, Form, Initial, valuesOf } from './form.tsx';
import { Picker, useNames } from './picker.tsx';

export type Webhook = AnswerOf<'/v2/webhooks/{webhook_id}'>;
export type Options = AnswerOf<'/v2/webhooks/options'>;
type Preset = Options['presets'][number];
type Kind = Webhook['kind'];
type Filter = Record<string, string[]>;

const PICKED = [
  ['offers', 'offer_id'],
  ['campaigns', 'campaign_id'],
  ['creatives', 'creative_id'],
] as const satisfies (readonly [DefinedKind, string])[];
const TYPED = ['country', 'event', 'parameter', 'domain', 'variant_id', 'verdict'] as const;
const KINDS: Kind[] = ['webhook', 'postback'];

interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

export function WebhookForm({
  options,
  of,
  button,
  submit,
}: {
  options: Options;
  /** The one that is changed. */
  of?: Webhook;
  button: string;
  submit: (body: object) => Promise<unknown>;
}): JSX.Element {
  const [kind, setKind] = useState<Kind>(of?.kind ?? 'webhook');
  const [name, setName] = useState(of?.template?.preset ?? 'custom');
  const [picked, setPicked] = useState<Filter>(() => pickedOf(of));
  const preset = options.presets.find((one) => one.preset === name);
  const initial = of === undefined ? presetValues(kind, preset) : storedValues(of);
  const bodyOf = (values: Values): object => webhookOf(values, kind, picked, options);
  return (
    <Initial.Provider value={initial}>
      <Form
        button={button}
        typed={(values) => {
          if (values['kind'] !== undefined) setKind(values['kind'] as Kind);
          if (values['preset'] !== undefined) setName(values['preset']);
        }}
        submit={async (values) => {
          await submit(bodyOf(values));
          return of === undefined ? undefined : 'keep';
        }}
      >
        {of === undefined && (
          <Choice
            name="kind"
            label={t.webhooks.kind}
            choices={KINDS.map((one) => [one, t.webhooks.kinds[one]])}
          />
        )}
        {of === undefined && kind === 'postback' && (
          <Choice
            name="preset"
            label={t.webhooks.preset}
            choices={options.presets.map((one) => [one.preset, one.name])}
            help={preset && <PresetHelp preset={preset} />}
          />
        )}
        <Field name="name" label={t.make.name} help={t.webhooks.name_help} optional />
        {/* Drawn anew with the values of another template. */}
        <div className="form" key={`${kind} ${name}`}>
          <Field
            name="url"
            label={t.webhooks.url}
            help={kind === 'postback' ? t.webhooks.url_help_macros : t.webhooks.url_help}
          />
          <Events options={options} given={of?.events ?? eventsOf(kind, preset)} />
          <Filters of={of} picked={picked} choose={setPicked} />
          {kind === 'webhook' ? <Sent options={options} of={of} /> : <RequestFields options={options} />}
        </div>
        <Preview bodyOf={bodyOf} kind={kind} />
      </Form>
    </Initial.Provider>
  );
}

const eventsOf = (kind: Kind, preset: Preset | undefined): Webhook['events'] =>
  kind === 'postback' ? (preset?.events ?? []) : ['click.human', 'conversion.booked', 'conversion.reversed'];

function pickedOf(of: Webhook | undefined): Filter {
  return Object.fromEntries(PICKED.map(([, field]) => [field, of?.filter[field] ?? []]));
}

function presetValues(kind: Kind, preset: Preset | undefined): Values {
  if (kind === 'webhook' || preset === undefined) return { kind };
  const { method, url, body, content_type, headers } = preset;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return { kind, preset: preset.preset, method, url, body, content_type, headers: lines.join('\n') };
}

function storedValues({ kind, name, url, filter, batch, template }: Webhook): Values {
  return {
    ...{ kind, name, url: url ?? '', events_max: batch === null ? '' : String(batch.events_max) },
    ...Object.fromEntries(TYPED.map((field) => [`filter.${field}`, (filter[field] ?? []).join(', ')])),
    ...(template !== null && {
      ...{ preset: template.preset, method: template.method, body: template.body },
      content_type: template.content_type,
      headers: template.headers.map((header) => `${header}: ${t.webhooks.kept}`).join('\n'),
    }),
  };
}

const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** What the API takes, of a new one. */
function webhookOf(values: Values, kind: Kind, picked: Filter, options: Options): object {
  const typed = TYPED.map((field) => [field, listOf(values[`filter.${field}`])] as const);
  const filter = [...Object.entries(picked), ...typed].filter(([, chosen]) => chosen.length > 0);
  const { name = '', url = '', events_max = '' } = values;
  const fields = Object.keys(options.fields).filter((field) => values[`field.${field}`] !== undefined);
  return {
    ...(name.trim() !== '' && { name: name.trim() }),
    ...{ kind, url: url.trim() },
    events: options.events.filter((event) => values[`event.${event}`] !== undefined),
    filter: Object.fromEntries(filter),
    ...(kind === 'postback'
      ? { template: templateOf(values) }
      : {
          fields: fields.length === 0 ? null : fields,
          batch: events_max.trim() === '' ? null : { events_max: Number(events_max) },
        }),
  };
}

function templateOf({ preset = 'custom', method, content_type, body = '', headers = '' }: Values): object {
  const lines = headers.split('\n').filter((line) => line.trim() !== '');
  const named = lines.map((line): [string, string | null] => {
    const at = line.indexOf(':');
    const value = at < 0 ? '' : line.slice(at + 1).trim();
    return [(at < 0 ? line : line.slice(0, at)).trim(), value === t.webhooks.kept ? null : value];
  });
  return { preset, method, content_type, body, headers: Object.fromEntries(named) };
}

/** The fields in which it is another than it was, as a change of it takes them. */
export function changesOf(of: Webhook, body: object): object {
  const { kind: _, template, ...wanted } = body as Record<string, unknown>;
  const changed = changedFields(of as unknown as Record<string, unknown>, wanted);
  if (template === undefined || of.template === null) return changed;
  const before = {
    ...of.template,
    headers: Object.fromEntries(of.template.headers.map((name) => [name, null])),
  };
  const is_other = Object.keys(changedFields(before as object, template as object)).length > 0;
  return is_other ? { ...changed, template } : changed;
}

const PresetHelp = ({ preset }: { preset: Preset }): JSX.Element => (
  <>
    {t.webhooks.preset_about(preset.click_parameter)}{' '}
    {preset.documented_at !== '' && (
      <a href={preset.documented_at} target="_blank" rel="noreferrer">
        {t.webhooks.documented}
      </a>
    )}
  </>
);

function Events({ options, given }: { options: Options; given: readonly string[] }): JSX.Element {
  return (
    <fieldset>
      <legend>{t.webhooks.events}</legend>
      {options.events.map((event) => (
        <label key={event} className="check">
          <input
            type="checkbox"
            className="tick"
            name={`event.${event}`}
            defaultChecked={given.includes(event)}
          />
          <span>
            <strong>{event}</strong>
            {`: ${t.webhooks.event_of[event]}`}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Filters({
  of,
  picked,
  choose,
}: {
  of: Webhook | undefined;
  picked: Filter;
  choose: (picked: Filter) => void;
}): JSX.Element {
  return (
    <details open={of !== undefined && Object.keys(of.filter).length > 0}>
      <summary>{t.webhooks.filter}</summary>
      <div className="form">
        <p className="note">{t.webhooks.filter_about}</p>
        {PICKED.map(([kind, field]) => (
          <Several
            key={field}
            kind={kind}
            chosen={picked[field] ?? []}
            choose={(ids) => choose({ ...picked, [field]: ids })}
          />
        ))}
        {TYPED.map((field) => (
          <Field
            key={field}
            name={`filter.${field}`}
            label={t.webhooks.filters[field]}
            placeholder={t.webhooks.filter_hints[field]}
            optional
          />
        ))}
      </div>
    </details>
  );
}

/** Some of the account's campaigns, offers or creatives. */
function Several({
  kind,
  chosen,
  choose,
}: {
  kind: DefinedKind;
  chosen: readonly string[];
  choose: (ids: string[]) => void;
}): JSX.Element {
  const names = useNames(kind);
  const label = t.kinds[kind];
  return (
    <div>
      <Picker
        kind={kind}
        label={label}
        value=""
        none={chosen.length === 0 ? t.webhooks.all : '+'}
        chosen={(id) => id !== '' && !chosen.includes(id) && choose([...chosen, id])}
      />
      <span className="tools">
        {chosen.map((id) => (
          <button
            key={id}
            type="button"
            className="chip"
            aria-label={t.webhooks.remove_from(names.get(id) ?? id, label)}
            onClick={() => choose(chosen.filter((one) => one !== id))}
          >
            {`${names.get(id) ?? id} ×`}
          </button>
        ))}
      </span>
    </div>
  );
}

/** Of a webhook. */
function Sent({ options, of }: { options: Options; of: Webhook | undefined }): JSX.Element {
  return (
    <details open={of !== undefined && (of.fields !== null || of.batch !== null)}>
      <summary>{t.webhooks.sent}</summary>
      <div className="form">
        <Field
          name="events_max"
          label={t.webhooks.batch}
          help={t.webhooks.batch_help}
          inputmode="numeric"
          optional
        />
        <fieldset>
          <legend>{t.webhooks.fields}</legend>
          {Object.entries(options.fields).map(([field, meaning]) => (
            <label key={field} className="check">
              <input
                type="checkbox"
                className="tick"
                name={`field.${field}`}
                defaultChecked={of?.fields?.includes(field) ?? false}
              />
              <span>
                <strong>{field}</strong>
                {`: ${meaning}`}
              </span>
            </label>
          ))}
        </fieldset>
      </div>
    </details>
  );
}

/** Of a postback. */
function RequestFields({ options }: { options: Options }): JSX.Element {
  return (
    <details open>
      <summary>{t.webhooks.request}</summary>
      <div className="form">
        <Choice
          name="method"
          label={t.webhooks.method}
          choices={[
            ['GET', 'GET'],
            ['POST', 'POST'],
          ]}
        />
        <Choice
          name="content_type"
          label={t.webhooks.content_type}
          choices={[
            ['application/json', 'JSON'],
            ['application/x-www-form-urlencoded', 'x-www-form-urlencoded'],
          ]}
        />
        <Area name="body" label={t.webhooks.body} rows={8} optional />
        <Area name="headers" label={t.webhooks.headers} help={t.webhooks.headers_help} optional />
        <details>
          <summary>{t.webhooks.macros}</summary>
          <dl>
            {Object.entries(options.macros).map(([name, meaning]) => (
              <div key={name}>
                <dt>
                  <code>{`{{${name}}}`}</code>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
    </details>
  );
}

/** What would be sent, by the API; where it refuses, why. */
function Preview({ bodyOf, kind }: { bodyOf: (values: Values) => object; kind: Kind }): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  const [shown, setShown] = useState<Request | Error>();
  const show = (): void => {
    const form = button.current?.form;
    if (form) send<Request>('POST', '/v2/webhooks/preview', bodyOf(valuesOf(form))).then(setShown, setShown);
  };
  return (
    <div>
      <button type="button" ref={button} onClick={show}>
        {t.webhooks.preview}
      </button>
      <div role="status" key={kind}>
        {shown instanceof Error && <p className="error">{shown.message}</p>}
        {shown !== undefined && !(shown instanceof Error) && (
          <>
            <p className="note">{t.webhooks.previewed}</p>
            <RequestShown request={shown} />
          </>
        )}
      </div>
    </div>
  );
}

export function RequestShown({ request }: { request: Request }): JSX.Element {
  const { method, url, headers, body } = request;
  const lines = [`${method} ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  return (
    <pre className="raw">
      <code>{[...lines, ...(body === '' ? [] : ['', body])].join('\n')}</code>
    </pre>
  );
}
