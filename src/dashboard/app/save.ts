/** Makes and changes things through the API; a change can be undone for a while. */
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

/** Resolves with what was made. Throws ApiFailure. */
export async function make<T>(address: string, body: object, said: string): Promise<T> {
  const made = await send<T & Warned>('POST', address, body);
  void queries.invalidateQueries();
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
  void queries.invalidateQueries();
  notify({
    text: withWarnings(said, answer),
    undo: async () => {
      const now = await stored();
      const others = changedFields(formerFields(answer, changed), formerFields(now, changed));
      if (Object.keys(others).length > 0 || shownAccount() !== account_id)
        throw new Error(t.edit.changed_since);
      await send('PATCH', address, formerFields(before, changed));
      void queries.invalidateQueries();
    },
  });
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
