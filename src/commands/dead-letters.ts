/**
 * `trackly dead-letters [show|replay|discard <id>|all]`: rows that could not be processed, through the API of
 * the running system. Without a verb it lists them. `all` goes through every one that is there.
 */

import type { DeadLetter } from '../log/dead-letters.ts';
import { callApi } from './api-client.ts';
import { readArguments, UsageError } from './errors.ts';

const PER_PAGE = 1_000;

interface Listed {
  dead_letters: DeadLetter[];
  total: number;
}

export async function deadLetters(args: string[]): Promise<void> {
  const [verb = 'list', id] = readArguments(args, {}, 2).positionals;
  if (!['list', 'show', 'replay', 'discard'].includes(verb)) {
    throw new UsageError(`there is no verb "${verb}"`);
  }
  if (verb !== 'list' && id === undefined) throw new UsageError('give the id of a dead letter');
  const call = await callApi();
  const path = (one: string): string => `/v2/dead-letters/${encodeURIComponent(one)}`;
  const all = async (): Promise<Listed> =>
    (await call('GET', `/v2/dead-letters?per_page=${PER_PAGE}`)) as Listed;
  if (verb === 'list' || id === undefined) {
    const { dead_letters, total } = await all();
    for (const letter of dead_letters) {
      console.log(
        `${letter.dead_letter_id}  ${new Date(letter.logged_at_ms).toISOString()}  ${letter.reason.slice(0, 100)}`,
      );
    }
    console.log(`${total} dead ${total === 1 ? 'letter' : 'letters'}`);
    return;
  }
  if (verb === 'show') {
    console.log(JSON.stringify(await call('GET', path(id)), null, 2));
    return;
  }
  const ids = id === 'all' ? (await all()).dead_letters.map((letter) => letter.dead_letter_id) : [id];
  for (const one of ids) {
    await (verb === 'replay' ? call('POST', `${path(one)}/replay`) : call('DELETE', path(one)));
    console.log(`${one} ${verb === 'replay' ? 'was put back on its log' : 'was discarded'}`);
  }
  console.log(`${ids.length} ${verb === 'replay' ? 'replayed' : 'discarded'}`);
}
