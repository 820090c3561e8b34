/**
 * Reads what a report of a conversion says from its address and its body: a form (encoded or multipart), or JSON.
 * Nothing is changed silently: text that is not UTF-8, a parameter with two values, a compressed body are refused. Pure.
 */
import { isUtf8 } from 'node:buffer';
import { ConversionError } from '../conversions/receive/conversion-error.ts';
import {
  type OtherNames,
  PARAMETERS,
  type Parameters,
  parametersOfObject,
  parametersOfPairs,
} from '../conversions/receive/conversion-input.ts';
import { parseJsonDigits } from '../platform/json-digits.ts';
import { readMultipart } from './read-multipart.ts';

const QUERY_LENGTH_MAX = 4_096;
export const BODY_BYTES_MAX = 16 * 1024;
/** What a decoder puts in the place of bytes that are not UTF-8. */
const REPLACED = '\ufffd';
const BYTE_ORDER_MARK = '\ufeff';

/** How the body was sent, copied from the request's headers. */
export interface BodyHeaders {
  type: string;
  /** Content-Encoding. */
  encoding: string;
}

/** What the query says and what the body says; `body` is undefined where it is too long. */
export function parametersOfPost(
  query: string,
  headers: BodyHeaders,
  body: Buffer | undefined,
  others?: OtherNames,
): Parameters {
  if (body === undefined) {
    throw new ConversionError(
      'too_large',
      `a body may have ${BODY_BYTES_MAX} bytes: send many conversions to POST /v2/conversions`,
    );
  }
  if (!/^(identity)?$/i.test(headers.encoding)) {
    throw new ConversionError(
      'unsupported_media_type',
      'the body is compressed: send it without Content-Encoding',
    );
  }
  const inQuery = parametersOfQuery(query, others);
  const inBody = parametersOfBody(headers.type, body, others);
  const twice = PARAMETERS.find(
    (name) => inQuery[name] && inBody[name] && inQuery[name].trim() !== inBody[name].trim(),
  );
  if (twice !== undefined) {
    throw new ConversionError(
      'invalid_conversion',
      `${twice} is given twice, with different values: send it once`,
    );
  }
  if (/(?:^|&)signature=/.test(query) && Object.keys(inBody).length > 0) {
    throw new ConversionError(
      'invalid_conversion',
      'a signature is of the address alone: put every parameter there, and none into the body',
    );
  }
  const ignored = [...new Set([...(inQuery.ignored ?? []), ...(inBody.ignored ?? [])])];
  return { ...inQuery, ...inBody, ...(ignored.length === 0 ? {} : { ignored }) };
}

/** Of a query or a form. Other names are ignored, and named: networks send their own. */
export function parametersOfQuery(query: string, others?: OtherNames): Parameters {
  if (query.length > QUERY_LENGTH_MAX) {
    throw new ConversionError('too_large', `an address may have ${QUERY_LENGTH_MAX} characters after the ?`);
  }
  return parametersOfForm(new URLSearchParams(query), others);
}

function parametersOfForm(form: URLSearchParams, others?: OtherNames): Parameters {
  const given = parametersOfPairs(form, others);
  const broken = PARAMETERS.find((name) => given[name]?.includes(REPLACED));
  if (broken === undefined) return given;
  throw new ConversionError('invalid_conversion', `${broken} is not UTF-8: percent-encode it as UTF-8`);
}

function parametersOfBody(type: string, body: Buffer, others?: OtherNames): Parameters {
  if (!isUtf8(body)) {
    throw new ConversionError('invalid_conversion', 'the body is not UTF-8: encode it as UTF-8');
  }
  const text = body.toString('utf8');
  const bare = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  if (bare.trim() === '') return {};
  if (/^multipart\/form-data\b/i.test(type)) {
    const fields = readMultipart(type, bare);
    if (fields !== undefined) return parametersOfForm(new URLSearchParams(fields), others);
    throw new ConversionError('invalid_conversion', 'the body is not the multipart/form-data that it says');
  }
  if (!isJson(type, bare)) return parametersOfForm(new URLSearchParams(bare), others);
  let json: unknown;
  try {
    json = parseJsonDigits(bare);
  } catch {
    throw new ConversionError('invalid_json', 'the body is not valid JSON');
  }
  return parametersOfObject(json, others);
}

/**
 * By its type, `application/json` or `application/vnd.shop+json`; without one that says more, such as text/plain, which
 * navigator.sendBeacon sends, by its first character: no form of ours begins with a brace.
 */
function isJson(type: string, text: string): boolean {
  if (/^[\w.-]+\/(?:[\w.-]+\+)?json\b/i.test(type)) return true;
  return !/^application\/x-www-form-urlencoded\b/i.test(type) && text.trimStart().startsWith('{');
}
