/**
 * The query of an address, as a client sent it: cut without splitting a parameter, read leniently, and made safe to put
 * into another address. What is malformed stays text; nothing throws. Pure.
 */
import { cleanText } from './text.ts';

export interface QueryParameter {
  name: string;
  value: string;
  /** Both as they came, safe in an address. */
  raw: string;
}

/** The parameters of `query` that fit into `length_max` characters, whole. */
export function cutQuery(query: string, length_max: number): string {
  if (query.length <= length_max) return query;
  const end = query.lastIndexOf('&', length_max);
  return end < 0 ? '' : query.slice(0, end);
}

/** Each parameter with a name, in order; a name may come more than once. */
export function readQuery(query: string): QueryParameter[] {
  if (query === '') return [];
  return query.split('&').flatMap((part) => {
    const at = part.indexOf('=');
    const name = decode(at < 0 ? part : part.slice(0, at));
    if (name === '') return [];
    return [{ name, value: at < 0 ? '' : decode(part.slice(at + 1)), raw: safe(part) }];
  });
}

/** The parameters by name, values without control characters; those of a repeated name are joined with a comma. */
export function queryValues(query: string): Record<string, string> {
  if (query === '') return {};
  const values = new Map<string, string>();
  for (const { name, value } of readQuery(query)) {
    const key = cleanText(name);
    const before = values.get(key);
    values.set(key, before === undefined ? cleanText(value) : `${before},${cleanText(value)}`);
  }
  return Object.fromEntries(values);
}

/** + is a space, as forms write it. What is not UTF-8 stays encoded. */
function decode(text: string): string {
  if (!/[%+]/.test(text)) return text.toWellFormed();
  const spaced = text.replaceAll('+', ' ').toWellFormed();
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Percent-encodes what can't stand in a query, a # among it; what is encoded stays as it is. */
function safe(text: string): string {
  return text.toWellFormed().replace(/[^\w.~!$'()*+,;:@/?%=-]+/g, encodeURIComponent);
}
