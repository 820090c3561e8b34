/** Makes and changes things through the API; a change can be undone for a while. */
import { sleep } from '../../platform/sleep.ts';
import { type AnswerOf, get, send, shownAccount } from './api.ts';
import { changedFields, changedOver, formerFields, type Values } from './drafts.ts';
import { notify } from './parts/notify.ts';
import { t } from './strings/strings.ts';
import { queries } from './use-answer.ts';

interface Warned {
  warnings?: { message: string }[];
}

const withWarnings = (said: string, { warnings = [] }: Warned): string =>
  [said, ...warnings.map(({ message }) => `${message}.`)].join(' ');

/** What the page shows is asked for again; it is said that something is saved when the page shows it, or after this time. */
const SHOWN_WITHIN_MS = 2_000;

const untilShown = (): Promise<unknown> =>
  Promise.race([queries.invalidateQueries(), sleep(SHOWN_WITHIN_MS)]);

/** Resolves with what was made. Throws ApiFailure. */
export async function make<T>(address: string, body: object, said: string): Promise<T> {
  const made = await send<T & Warned>('POST', address, body);
  await untilShown();
  notify({ text: withWarnings(said, made) });
  return made;
}

/**
 * Sends the fields of `wanted` that are another than in `before`, says so, and offers to put those back as they were,
 * unless they are another again by then. Nothing is sent where nothing differs. Throws ApiFailure.
 *
 * `stored` reads the thing as it is then, where a GET of `address` does not answer it.
 */
export async function change<T extends object>(
  address: string,
  before: T,
  wanted: Partial<T>,
  said: string,
  stored: () => Promise<T> = () => get<T>(address),
): Promise<void> {
  const changed = changedFields(before as Partial<T>, wanted) as Partial<T>;
  if (Object.keys(changed).length === 0) return;
  const account_id = shownAccount();
  const answer = await send<Warned & T>('PATCH', address, changed);
  await untilShown();
  notify({
    text: withWarnings(said, answer),
    undo: async () => {
      const now = await stored();
      const others = changedFields(formerFields(answer, changed), formerFields(now, changed));
      if (Object.keys(others).length > 0 || shownAccount() !== account_id)
        throw new Error(t.edit.changed_since);
      await send('PATCH', address, formerFields(before, changed));
      await untilShown();
    },
  });
}

/** One of several things that are changed alike. */
export interface Thing<T> {
  address: string;
  /** How the reader knows it. */
  name: string;
  wanted: Partial<T>;
}

/** What was changed, from what, and how it was left. */
interface Done<T> {
  address: string;
  name: string;
  before: Partial<T>;
  left: Partial<T>;
}

/** Some are not put back: `undo` tries those again. */
class PartlyUndone extends Error {
  readonly undo: () => Promise<void>;
  constructor(message: string, undo: () => Promise<void>) {
    super(message);
    this.undo = undo;
  }
}

/** Puts back each that is still as it was left, whatever becomes of the others. Throws what to say of those that stay. */
async function putBackAll<T extends object>(
  done: readonly Done<T>[],
  account_id: ReturnType<typeof shownAccount>,
): Promise<void> {
  if (shownAccount() !== account_id) throw new Error(t.edit.changed_since);
  const failed: Done<T>[] = [];
  const said: string[] = [];
  let others = 0;
  for (const one of done) {
    try {
      const now = await get<T>(one.address);
      if (Object.keys(changedFields(one.left, formerFields(now, one.left))).length > 0) others++;
      else await send('PATCH', one.address, one.before);
    } catch (error) {
      failed.push(one);
      said.push(`${one.name}: ${(error as Error).message}`);
    }
  }
  await untilShown();
  const changed = others > 0 ? t.edit.some_changed_since(others) : '';
  if (failed.length > 0) {
    const text = [t.edit.not_undone(said.join('; ')), changed].filter((one) => one !== '').join(' ');
    throw new PartlyUndone(text, () => putBackAll(failed, account_id));
  }
  if (others > 0) throw new Error(changed);
}

/**
 * Changes things one after the other, says how many were changed, and offers to put all back that are still as they were
 * left. Resolves with those that could not be changed.
 */
export async function changeAll<T extends object>(
  things: readonly Thing<T>[],
  said: (changed: number) => string,
): Promise<{ name: string; message: string }[]> {
  const account_id = shownAccount();
  const done: Done<T>[] = [];
  const failed: { name: string; message: string }[] = [];
  for (const { address, name, wanted } of things) {
    try {
      const before = await get<T>(address);
      const changed = changedFields(before as Partial<T>, wanted) as Partial<T>;
      if (Object.keys(changed).length === 0) continue;
      const answer = await send<T>('PATCH', address, changed);
      done.push({
        address,
        name,
        before: formerFields(before, changed),
        left: formerFields(answer, changed),
      });
    } catch (error) {
      failed.push({ name, message: (error as Error).message });
    }
  }
  await untilShown();
  notify({
    text: said(done.length),
    ...(done.length > 0 && {
      undo: () => putBackAll(done, account_id),
    }),
  });
  return failed;
}

type OwnAccount = AnswerOf<'/v2/account'>;

/**
 * Changes the account by what was typed, over what is stored now: brand and rules are sent whole, and another owner may
 * have changed the rest of them since the form was opened. Throws ApiFailure.
 */
export async function changeAccount(
  before: Values,
  values: Values,
  valuesOf: (account: OwnAccount) => Values,
  fieldsOf: (values: Values, account: OwnAccount) => Partial<OwnAccount>,
): Promise<void> {
  const account = await get<OwnAccount>('/v2/account');
  const stored = valuesOf(account);
  const wanted = fieldsOf(changedOver(stored, before, values), account);
  await change<Partial<OwnAccount>>('/v2/account', fieldsOf(stored, account), wanted, t.edit.saved);
}
