/**
 * Gives every click of a batch its verdict. Addresses may be more active at the next try of the batch, and the rules
 * may change before it, so the first decision is stored with the batch and later tries use it. With Redis down it
 * rejects and the batch is retried.
 */

import type { AddressActivity } from '../../src/bots/evidence.ts';
import type { AddressRule, JudgedAccount, Place } from '../../src/bots/judge.ts';
import type { Verdict } from '../../src/bots/judge-click.ts';
import type { Click } from '../../src/clicks/click.ts';
import type { Batch } from '../../src/log/batches.ts';
import { decide } from '../../src/log/decisions.ts';
import type { WorkerContext } from '../worker-context.ts';
import { accountsOf, NO_ACCOUNT, sentAtOf } from './judged-with.ts';
import { observeAddresses } from './observe-addresses.ts';

export interface JudgedClick extends Verdict {
  place: Place;
  address_rule: AddressRule;
  activity: AddressActivity;
  rules_version: string;
}

/** The stored decision of a batch: enough to reproduce its verdicts. */
interface Decision {
  /** Rules version by account. */
  versions: Record<string, string>;
  /** `h` or `b` for each click. */
  verdicts: string;
  /**
   * By index in the batch: recipients, links, agents, since_other_link_ms; only for addresses that opened more than one
   * link.
   */
  activity: Record<string, [number, number, number, number]>;
}

/**
 * One verdict for each click, in order; undefined if another worker has finished the batch. A click with a pseudonym is
 * judged by itself: nothing is noted of its address. Safe to repeat.
 */
export async function judgeClicks(
  context: WorkerContext,
  batch: Batch,
  clicks: readonly Click[],
  pseudonyms: readonly (string | undefined)[],
): Promise<JudgedClick[] | undefined> {
  const { judge, redis } = context;
  const accounts = await accountsOf(context, clicks);
  const places = clicks.map(({ ip, user_agent }) => judge.place(ip, user_agent));
  // Many people share a private address or a relay, so its activity says nothing about one click.
  const telling = places.map(
    ({ network }, i) =>
      pseudonyms[i] === undefined &&
      (network === 'access' || network === 'hosting' || network === 'security'),
  );
  const activity = await observeAddresses(redis, clicks, telling);
  const accountOf = (i: number): JudgedAccount => accounts.get(clicks[i]?.account_id ?? '') ?? NO_ACCOUNT;
  const judged = (i: number, seen: AddressActivity): Verdict => {
    const click = clicks[i] as Click;
    const { user_agent, method, headers, ip, contact_country, clicked_at_ms, answered } = click;
    const sent_at_ms = sentAtOf(click);
    return judge.judge(
      {
        user_agent,
        method,
        headers,
        ip,
        contact_country,
        sent_at_ms,
        clicked_at_ms,
        activity: seen,
        answered,
      },
      accountOf(i),
      places[i] as Place,
    );
  };
  const verdicts = activity.map((seen, i) => judged(i, seen));
  const decision: Decision = {
    versions: Object.fromEntries([...accounts].map(([id, account]) => [id, judge.rulesVersion(account)])),
    verdicts: verdicts.map(({ verdict }) => verdict.charAt(0)).join(''),
    activity: {},
  };
  for (const [i, { recipients, links, agents, since_other_link_ms }] of activity.entries()) {
    if (links > 1) decision.activity[i] = [recipients, links, agents, since_other_link_ms];
  }
  const text = JSON.stringify(decision);
  const kept = await decide(redis, batch, text);
  if (kept === undefined) return undefined;
  const before = kept === text ? decision : (JSON.parse(kept) as Decision);
  return verdicts.map((verdict, i) => {
    const seen = activityOf(before.activity[i], activity[i] as AddressActivity);
    return {
      ...(before === decision ? verdict : judged(i, seen)),
      verdict: before.verdicts[i] === 'b' ? 'bot' : 'human',
      activity: seen,
      place: places[i] as Place,
      address_rule: judge.addressRule(accountOf(i), places[i] as Place),
      rules_version: before.versions[clicks[i]?.account_id ?? ''] ?? '',
    };
  });
}

function activityOf(kept: Decision['activity'][string] | undefined, now: AddressActivity): AddressActivity {
  if (kept !== undefined) {
    const [recipients, links, agents, since_other_link_ms] = kept;
    return { recipients, links, agents, since_other_link_ms };
  }
  return now.links > 1 ? { recipients: 1, links: 1, agents: 1, since_other_link_ms: -1 } : now;
}
