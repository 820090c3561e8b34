/**
 * `trackly dead-letters [show|replay|discard <id>|all]`: rows that could not be processed, through the API of
 * the running system. Without a verb it lists them. `all` means every dead letter.
 */

import type { DeadLetter } from '../log/dead-letters.ts';
import { type ApiCall, callApi } from './api-client.ts';
import { readArguments, UsageError } from './errors.ts';

const PER_PAGE = 1_000;

interface Listed {
  dead_letters: DeadLetter[];
  total: number;
}

const VERBS = ['list', 'show', 'replay', 'discard'];

export async function deadLetters(args: string[]): Promise<void> {
  const [verb = 'list', id] = readArguments(args, {}, 2).positionals;
  if (!VERBS.includes(verb)) throw new UsageError(`there is no verb "${verb}"`);
  if (verb !== 'list' && id === undefined) throw new UsageError('give the id of a dead letter');
  const call = await callApi();
  if (verb === 'list' || id === undefined) printList(await readAll(call));
  else if (verb === 'show') console.log(JSON.stringify(await call('GET', pathOf(id)), null, 2));
  else await apply(call, verb, id);
}

const pathOf = (id: string): string => `/v2/dead-letters/${encodeURIComponent(id)}`;

async function readAll(call: ApiCall): Promise<Listed> {
  return (await call('GET', `/v2/dead-letters?per_page=${PER_PAGE}`)) as Listed;
}

function printList({ dead_letters, total }: Listed): void {
  for (const { dead_letter_id, logged_at_ms, reason } of dead_letters) {
    console.log(`${dead_letter_id}  ${new Date(logged_at_ms).toISOString()}  ${reason.slice(0, 100)}`);
  }
  console.log(`${total} dead ${total === 1 ? 'letter' : 'letters'}`);
}

/** Replays or discards one dead letter, or all. */
async function apply(call: ApiCall, verb: string, id: string): Promise<void> {
  const replays = verb === 'replay';
  const ids = id === 'all' ? (await readAll(call)).dead_letters.map((letter) => letter.dead_letter_id) : [id];
  for (const one of ids) {
    await (replays ? call('POST', `${pathOf(one)}/replay`) : call('DELETE', pathOf(one)));
    console.log(`${one} ${replays ? 'was put back on its log' : 'was discarded'}`);
  }
  console.log(`${ids.length} ${replays ? 'replayed' : 'discarded'}`);
}
