/**
 * `trackly rejudge --from 2026-11-01 [--to 2026-11-20] [--account acc_…]`: asks the running system to rejudge stored
 * clicks under the current rules, and shows the progress. The workers do the work: ending this command does not stop
 * them, and running it again changes nothing further.
 */
import type { Rejudgement } from '../bots/rejudgement.ts';
import { sleep } from '../platform/sleep.ts';
import { type ApiCall, callApi } from './api-client.ts';
import { readArguments, UsageError } from './errors.ts';

const LOOK_EVERY_MS = 500;
const BAR_CHARACTERS = 30;
const ACCOUNTS_PER_PAGE = 100;

type Shown = Rejudgement & { from: string; to: string };

export async function rejudge(args: string[]): Promise<void> {
  const { values } = readArguments(args, {
    from: { type: 'string' },
    to: { type: 'string' },
    account: { type: 'string' },
  });
  const { from, to } = values;
  if (from === undefined) throw new UsageError('say from when, such as --from 2026-11-01');
  const call = await callApi();
  const accounts = values.account === undefined ? await allAccounts(call) : [values.account];
  let changed = 0;
  for (const account_id of accounts) {
    const path = `/v2/accounts/${account_id}/rejudgements`;
    const range = { from, ...(to === undefined ? {} : { to }) };
    let rejudgement = (await call('POST', path, range)) as Shown;
    while (rejudgement.state !== 'done') {
      await sleep(LOOK_EVERY_MS);
      rejudgement = (await call('GET', `${path}/${rejudgement.rejudgement}`)) as Shown;
      if (process.stderr.isTTY) process.stderr.write(`\r${bar(rejudgement)}`);
    }
    if (process.stderr.isTTY) process.stderr.write('\n');
    changed += rejudgement.changed;
    console.log(
      `${account_id}: ${rejudgement.judged} clicks from ${rejudgement.from} to ${rejudgement.to} judged under ${rejudgement.rules_version}, ${rejudgement.changed} changed`,
    );
  }
  console.log(
    `${accounts.length} ${accounts.length === 1 ? 'account' : 'accounts'}, ${changed} clicks changed`,
  );
}

async function allAccounts(call: ApiCall): Promise<string[]> {
  const accounts: string[] = [];
  for (let page = 1; ; page++) {
    const answer = (await call('GET', `/v2/accounts?page=${page}&per_page=${ACCOUNTS_PER_PAGE}`)) as {
      accounts: { account_id: string }[];
    };
    accounts.push(...answer.accounts.map(({ account_id }) => account_id));
    if (answer.accounts.length < ACCOUNTS_PER_PAGE) return accounts;
  }
}

function bar({ account_id, state, judged, clicks }: Shown): string {
  const share = clicks === 0 ? 0 : Math.min(1, judged / clicks);
  const full = Math.round(share * BAR_CHARACTERS);
  return `${account_id} ${'█'.repeat(full)}${'░'.repeat(BAR_CHARACTERS - full)} ${Math.round(share * 100)} % ${state === 'waiting' ? 'waits' : `${judged} of ${clicks} clicks`}   `;
}
