/**
 * `trackly trace <id>`: the whole story of a click, a link, a message, a conversion or a contact. What the id is of is
 * told by its form, else by asking; --kind says it.
 */
import { addressOf } from '../client/address.ts';
import { type Trackly, TracklyError } from '../client/client.ts';
import { AccountClientError, explained, openAccountClient } from './account-client.ts';
import { readArguments, UsageError } from './errors.ts';
import { endWithReader, printLines, shown, tableLines } from './print.ts';

const PATHS = {
  click: '/v2/clicks/{id}',
  link: '/v2/links/{id}',
  message: '/v2/messages/{id}',
  conversion: '/v2/conversions/{id}',
  contact: '/v2/contacts/{id}',
} as const;
export type Kind = keyof typeof PATHS;
export const KINDS = Object.keys(PATHS) as Kind[];

const CLICK_ID = /^[0-9A-Za-z]{29}(?:[0-9A-Za-z]{3})?$/;
const LINK_ID = /^[0-9A-Za-z]{7}$/;
/** Columns of a list: more do not fit a terminal. --json has all. */
const COLUMNS_MAX = 9;
const WIDTH_MAX = 60;

export async function trace(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(
    args,
    { kind: { type: 'string' }, json: { type: 'boolean' } },
    1,
  );
  const [given] = positionals;
  if (given === undefined)
    throw new UsageError('give the id of a click, link, message, conversion or contact');
  const kind = KINDS.find((one) => one === values.kind);
  if (values.kind !== undefined && kind === undefined) throw new UsageError(`--kind is ${KINDS.join(', ')}`);
  endWithReader();
  const trackly = openAccountClient();
  await explained(async () => {
    const found = await findStory(trackly, given, kind);
    if (found === undefined)
      throw new AccountClientError(`there is no ${kind ?? KINDS.join(', ')} "${given}"`);
    if (values.json === true) return printLines([JSON.stringify(found, undefined, 2)]);
    return printLines([`${found.kind} ${shown(found.id)}`, ...storyLines(found.story)]);
  });
}

export interface Found {
  kind: Kind;
  id: string;
  story: Record<string, unknown>;
}

/** Undefined where the account has nothing under this id, which may be a short link. Throws TracklyError. */
export async function findStory(trackly: Trackly, given: string, kind?: Kind): Promise<Found | undefined> {
  const id = idOf(given);
  if (id === '' || id === '.' || id === '..') return undefined;
  for (const one of kind === undefined ? likely(id) : [kind]) {
    try {
      const story = await (await trackly.open(addressOf(PATHS[one], { id }))).json();
      return { kind: one, id, story: story as Found['story'] };
    } catch (error) {
      if (!(error instanceof TracklyError) || error.status !== 404) throw error;
    }
  }
  return undefined;
}

/** Of a short link its last part. */
function idOf(given: string): string {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given)) return given;
  return new URL(given).pathname.split('/').at(-1) ?? '';
}

/** What it can be, the likeliest first: ids that the sender gives may have any form. */
export function likely(id: string): Kind[] {
  if (id.startsWith('cnv_')) return ['conversion', 'message', 'contact'];
  const first: Kind[] = CLICK_ID.test(id) ? ['click'] : LINK_ID.test(id) ? ['link'] : [];
  return [...first, 'message', 'contact'];
}

/** Facts, then a table for each list. */
export function storyLines(story: Record<string, unknown>, depth = 0): string[] {
  const isList = (value: unknown): value is object[] => Array.isArray(value) && typeof value[0] === 'object';
  const isPart = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const given = Object.entries(story).filter(([, value]) => !isEmpty(value));
  const facts = given.filter(([, value]) => !isList(value) && !isPart(value));
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => `  ${name.padEnd(width)}  ${shown(value)}`);
  for (const [name, value] of given) {
    if (isList(value))
      lines.push('', `${name} (${value.length})`, ...listLines(value as Record<string, unknown>[]));
    else if (isPart(value) && depth < 2) lines.push('', name, ...storyLines(value, depth + 1));
  }
  return lines;
}

function listLines(list: Record<string, unknown>[]): string[] {
  const names = [...new Set(list.flatMap((one) => Object.keys(one)))];
  const filled = names.filter((name) =>
    list.some((one) => !isEmpty(one[name]) && typeof one[name] !== 'object'),
  );
  const columns = filled.slice(0, COLUMNS_MAX);
  const rows = list.map((one) => columns.map((column) => shown(one[column]).slice(0, WIDTH_MAX)));
  return tableLines(columns, rows).map((line) => `  ${line}`);
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  value === undefined ||
  (typeof value === 'object' && Object.keys(value).length === 0);
