/**
 * A creative's text as a phone shows it, while it is typed: by the API's own grammar of placeholders, with a link as long
 * as a real one, and how many parts it will be charged as.
 */
import type { JSX } from 'react';
import { OPT_OUT_LINK, parseTemplate } from '../../../catalog/placeholders.ts';
import { renderMessage } from '../../../messages/render-message.ts';
import { fieldsOf, linkKeysOf } from '../body.ts';
import { count } from '../format.ts';
import { type Segments, segmentsOf } from '../sms.ts';
import { t } from '../strings/strings.ts';

/** As long as every link's id. */
const SAMPLE_ID = 'aB3xY7k';

export function SmsPreview({
  body,
  origin,
}: {
  body: string /** `https://go.example` */;
  origin: string;
}): JSX.Element {
  const template = parseTemplate(body);
  const links = [...linkKeysOf(body), OPT_OUT_LINK].map((name) => [name, `${origin}/${SAMPLE_ID}`]);
  // A field without a value shows its own name.
  const fields = fieldsOf(body).map((name) => [name, name]);
  const text = renderMessage(template, Object.fromEntries([...links, ...fields]));
  const segments = segmentsOf(text);
  return (
    <section className="preview" aria-label={t.sms.preview}>
      <p className="bubble">{text === '' ? t.sms.empty : text}</p>
      <p className="note" role="status">
        {[
          t.sms.parts(segments.parts),
          t.sms.units(count(segments.units), segments.encoding),
          t.sms.left(segments.left),
        ].join(' · ')}
      </p>
      <Problems segments={segments} body={body} error={template.error} />
    </section>
  );
}

interface ProblemsProps {
  segments: Segments;
  body: string;
  error: string | undefined;
}

function Problems({ segments, body, error }: ProblemsProps): JSX.Element {
  const fields = fieldsOf(body);
  return (
    <>
      {error !== undefined && <p className="error">{t.sms.wrong(error)}</p>}
      {segments.foreign.length > 0 && (
        <p className="note">{t.sms.foreign(segments.foreign.slice(0, FOREIGN_SHOWN_MAX).join(' '))}</p>
      )}
      {error === undefined && body !== '' && linkKeysOf(body).length === 0 && (
        <p className="note">{t.sms.no_link}</p>
      )}
      {fields.length > 0 && <p className="note">{t.sms.fields(fields.join(', '))}</p>}
    </>
  );
}

const FOREIGN_SHOWN_MAX = 10;
