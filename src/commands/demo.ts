/**
 * `trackly demo [remove] [--yes] [--seed <number>] [--messages <number>]`: fills an account of its own with 30 days of
 * made-up data up to now, through the running system; `remove` takes it away with everything that it has. Running it
 * again says that it is there. On an installation that has accounts it asks for --yes: the demo changes nothing of
 * theirs, but it is beside them in lists, in the click ledger and in the metrics. The data is the same for the same seed,
 * but for the time.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InstallationKeys } from '../access/installation-key.ts';
import { type Config, readConfig } from '../config.ts';
import { DemoError } from '../demo/demo-error.ts';
import { type AccountApi, makeDemo } from '../demo/make-demo.ts';
import { MESSAGES } from '../demo/scenario.ts';
import { hostName } from '../platform/host.ts';
import { replaceSecret } from '../platform/kept-secret.ts';
import { sleep } from '../platform/sleep.ts';
import { ApiAnswerError, type ApiCall, apiAddress, apiCall, apiSend, callApi } from './api-client.ts';
import { useInstallation } from './connect-installation.ts';
import { readArguments, UsageError } from './errors.ts';

const NAME = 'Demo';
/** Until all of it is there: a run that was cut off is told apart. */
const NAME_MEANWHILE = 'Demo (unfinished)';
const REMOVE = 'npm run demo -- remove';
const SEED = 30;
const MESSAGES_MIN = 1_000;
const MESSAGES_MAX = 400_000;
const ACCOUNTS_PER_PAGE = 500;
const LOOK_EVERY_MS = 200;
const REMOVED_WITHIN_MS = 600_000;

interface DemoAccount {
  account_id: string;
  name: string;
  demo: boolean;
  created_at: string;
}

export async function demo(args: string[]): Promise<void> {
  const { values, positionals } = readArguments(
    args,
    { yes: { type: 'boolean' }, seed: { type: 'string' }, messages: { type: 'string' } },
    1,
  );
  const [verb] = positionals;
  if (verb !== undefined && verb !== 'remove') throw new UsageError(`there is no verb "${verb}"`);
  const config = readConfig();
  const call = await callApi();
  const accounts = await listAccounts(call);
  const there = accounts.filter((account) => account.demo);
  if (verb === 'remove') return removeAll(config, call, there);
  const seed = whole('--seed', values.seed, SEED, 0, 2 ** 31);
  const messages = whole('--messages', values.messages, MESSAGES, MESSAGES_MIN, MESSAGES_MAX);
  const [before] = there;
  if (before !== undefined) return tellThere(config, before);
  if (accounts.length > 0 && !values.yes) {
    throw new DemoError(
      `This installation has ${accounts.length} ${accounts.length === 1 ? 'account' : 'accounts'} already. The demo is an account of its own and changes nothing of others; to have it beside them, say so: npm run demo -- --yes`,
    );
  }
  await make(config, call, { seed, size: messages / MESSAGES });
}

function whole(name: string, text: string | undefined, otherwise: number, min: number, max: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new UsageError(`${name} is a whole number from ${min} to ${max}`);
}

async function listAccounts(call: ApiCall): Promise<DemoAccount[]> {
  const all: DemoAccount[] = [];
  for (let page = 1; ; page++) {
    const answer = await call('GET', `/v2/accounts?page=${page}&per_page=${ACCOUNTS_PER_PAGE}`);
    const { accounts } = answer as { accounts: DemoAccount[] };
    all.push(...accounts);
    if (accounts.length < ACCOUNTS_PER_PAGE) return all;
  }
}

/** Its key, in a file that only this user may read, so that a later run can show it again. */
const keyFile = ({ data_dir }: Config): string => join(data_dir, 'demo.key');

async function tellThere(config: Config, { name, created_at }: DemoAccount): Promise<void> {
  if (name === NAME_MEANWHILE) {
    throw new DemoError(
      `A demo that was begun at ${created_at} is not finished: if no other command is making it, remove it with ${REMOVE}, then make it again`,
    );
  }
  console.log(`The demo is there already, since ${created_at}.\n`);
  tellWhere(config, await readFile(keyFile(config), 'utf8').catch(() => undefined));
}

function tellWhere(config: Config, api_key: string | undefined): void {
  console.log(`  console   ${apiAddress(config)}/`);
  if (api_key !== undefined)
    console.log(`  key       ${api_key.trim()}   (to sign in: Use an API key to look)`);
  console.log(`  remove    ${REMOVE}`);
}

async function make(
  config: Config,
  call: ApiCall,
  { seed, size }: { seed: number; size: number },
): Promise<void> {
  await useInstallation(config, { may_be_new: false }, async ({ redis }, tell) => {
    const began = performance.now();
    const keys = await InstallationKeys.open(redis, config.data_dir);
    try {
      const body = { name: NAME_MEANWHILE, demo: true, time_zone: 'Europe/Berlin' };
      const made = (await call('POST', '/v2/accounts', body)) as { account_id: string; api_key: string };
      const { account_id, api_key } = made;
      await replaceSecret(keyFile(config), api_key);
      const ground = {
        ...{ redis, keys, account_id, tell },
        api: accountApi(config, api_key),
        domain: hostName(config.public_domain),
        log_bytes_max: config.log_bytes_max,
      };
      const { messages, taps, conversions } = await makeDemo(ground, { seed, size, now_ms: Date.now() });
      await call('PATCH', `/v2/accounts/${account_id}`, { name: NAME });
      const seconds = Math.round((performance.now() - began) / 1_000);
      console.log(
        `The account "${NAME}" has 30 days of made-up data: ${messages.toLocaleString('en')} messages, ${taps.toLocaleString('en')} taps, ${conversions.toLocaleString('en')} reports of conversions (${seconds} s).\n`,
      );
      tellWhere(config, api_key);
    } finally {
      keys.close();
    }
  });
}

function accountApi(config: Config, api_key: string): AccountApi {
  const send = apiSend(config, api_key);
  return {
    call: apiCall(config, api_key),
    async lines(path, rows) {
      const text = await send(
        path,
        'application/x-ndjson',
        rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
      );
      return text.trimEnd().split('\n').map(readLine);
    },
    csv: (path, text) => send(path, 'text/csv', text),
  };
}

function readLine(line: string): object {
  const answer = JSON.parse(line) as { error?: string; message?: string };
  if (answer.error !== undefined) throw new ApiAnswerError(answer, 200);
  return answer;
}

async function removeAll(config: Config, call: ApiCall, there: readonly DemoAccount[]): Promise<void> {
  if (there.length === 0) console.log('There is no demo to remove.');
  for (const { account_id } of there) await removeOne(call, account_id);
  await rm(keyFile(config), { force: true });
  if (there.length > 0) console.log('The demo is gone, with everything that it had.');
}

/** The removal is asked for again and again: it tells how far it is, and that it is done by not being found. */
async function removeOne(call: ApiCall, account_id: string): Promise<void> {
  const until = performance.now() + REMOVED_WITHIN_MS;
  let last = '';
  for (;;) {
    const answer = await call('DELETE', `/v2/accounts/${account_id}`).catch((error) => {
      if (error instanceof ApiAnswerError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (answer === undefined) return;
    const { step, steps_done, steps } = answer as { step: string; steps_done: number; steps: number };
    if (step !== last) console.error(`· removing: step ${steps_done + 1} of ${steps}, ${step}`);
    last = step;
    if (performance.now() > until) {
      throw new DemoError(
        'the removal takes long, and goes on by itself: run the same command to see how far it is',
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}
