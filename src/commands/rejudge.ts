/**
 * `npm run rejudge -- --from 2026-11-01 [--to 2026-11-20] [--account acc_…]`: asks the running system to judge
 * stored clicks again under the rules that hold now, and shows how far it is. The workers do it: ending this
 * command does not end them, and asking again changes nothing twice.
 */
import { parseArgs } from 'node:util';
import type { Judgement } from '../bots/rejudgement.ts';
import { sleep } from '../platform/sleep.ts';
import { type ApiCall, callApi } from './api-client.ts';

const LOOK_EVERY_MS = 500;
const BAR_CHARACTERS = 30;
const ACCOUNTS_PER_PAGE = 100;

type Shown = Judgement & { from: string; to: string };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { from: { type: 'string' }, to: { type: 'string' }, account: { type: 'string' } },
  });
  const { from, to } = values;
  if (from === undefined) {
    throw new Error(
      'say from when: npm run rejudge -- --from 2026-11-01 [--to 2026-11-20] [--account acc_…]',
    );
  }
  const call = await callApi();
  const accounts = values.account === undefined ? await allAccounts(call) : [values.account];
  let changed = 0;
  for (const account_id of accounts) {
    const path = `/v2/accounts/${account_id}/judgements`;
    const range = { from, ...(to === undefined ? {} : { to }) };
    let judgement = (await call('POST', path, range)) as Shown;
    while (judgement.state !== 'done') {
      await sleep(LOOK_EVERY_MS);
      judgement = (await call('GET', `${path}/${judgement.judgement}`)) as Shown;
      if (process.stderr.isTTY) process.stderr.write(`\r${bar(judgement)}`);
    }
    if (process.stderr.isTTY) process.stderr.write('\n');
    changed += judgement.changed;
    console.log(
      `${account_id}: ${judgement.judged} clicks from ${judgement.from} to ${judgement.to} judged under ${judgement.rules_version}, ${judgement.changed} changed`,
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

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
