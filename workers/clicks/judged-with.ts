/**
 * What a click is judged with beside its own fields, when it arrives and when it is rejudged: its account and the time of
 * its message. With Redis down the lookup rejects and the batch is retried.
 */
import type { JudgedAccount } from '../../src/bots/judge.ts';
import { accountKey } from '../../src/catalog/definitions.ts';
import type { Click } from '../../src/clicks/click.ts';
import type { WorkerContext } from '../worker-context.ts';

/** Used for clicks whose account was removed by hand. */
export const NO_ACCOUNT: JudgedAccount = {};

/** The accounts of `clicks`, each looked up once. */
export async function accountsOf(
  { accounts }: Pick<WorkerContext, 'accounts'>,
  clicks: readonly Pick<Click, 'account_id'>[],
): Promise<Map<string, JudgedAccount>> {
  const found = new Map<string, JudgedAccount>();
  for (const account_id of new Set(clicks.map((click) => click.account_id))) {
    found.set(account_id, (await accounts.load(accountKey(account_id))) ?? NO_ACCOUNT);
  }
  return found;
}

/**
 * The same as Redis has them now, for what is judged again: a rejudgement is asked for right after the rules were changed,
 * of which this process may not have heard, and would say that it is done under the former ones.
 */
export async function currentAccountsOf(
  context: Pick<WorkerContext, 'accounts'>,
  clicks: readonly Pick<Click, 'account_id'>[],
): Promise<Map<string, JudgedAccount>> {
  for (const { account_id } of clicks) context.accounts.changed(accountKey(account_id));
  return accountsOf(context, clicks);
}

/** When the click's message was sent; 0 for a link outside a message, whose time is unknown. */
export const sentAtOf = ({ message_id, sent_at_ms }: Pick<Click, 'message_id' | 'sent_at_ms'>): number =>
  message_id === '' ? 0 : sent_at_ms;
