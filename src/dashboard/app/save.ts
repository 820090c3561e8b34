/** Makes and changes things through the API; a change can be undone for a while. */
import { send } from './api.ts';
import { changedFields, formerFields } from './drafts.ts';
import { notify } from './parts/notify.ts';
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
 * Sends the fields of `wanted` that are another than in `before`, says so, and offers to put those back as they were.
 * Nothing is sent where nothing differs. Throws ApiFailure.
 */
export async function change<T extends object>(
  address: string,
  before: T,
  wanted: Partial<T>,
  said: string,
): Promise<void> {
  const changed = changedFields(before as Partial<T>, wanted);
  if (Object.keys(changed).length === 0) return;
  const answer = await send<Warned>('PATCH', address, changed);
  void queries.invalidateQueries();
  notify({
    text: withWarnings(said, answer),
    undo: async () => {
      await send('PATCH', address, formerFields(before, changed as Partial<T>));
      void queries.invalidateQueries();
    },
  });
}
