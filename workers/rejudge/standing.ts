/**
 * The standing of a stored click under the current rules, and whether it differs from what is counted. Used by the scan
 * that finds differences and by the step that books them. Pure, except for the judge's data.
 */
import type { JudgedAccount } from '../../src/bots/judge.ts';
import type { Standing } from '../../src/clicks/verdict-fields.ts';
import { isPseudonym } from '../../src/privacy/pseudonym.ts';
import { sentAtOf } from '../clicks/judged-with.ts';
import type { WorkerContext } from '../worker-context.ts';
import type { StoredClick } from './stored-clicks.ts';

/**
 * The click's standing with its verdict under the current rules; first clicks are not decided here. A click of an erased
 * contact keeps its verdict: what it was judged by is gone.
 */
export function judgeStored(
  { judge }: Pick<WorkerContext, 'judge'>,
  account: JudgedAccount,
  click: StoredClick,
): Standing {
  if (isPseudonym(click.contact_id)) return { ...click.standing };
  const place =
    click.ip_storage === 'full'
      ? judge.place(click.ip, click.user_agent)
      : judge.storedPlace(click, click.user_agent);
  const subject = { ...click, sent_at_ms: sentAtOf(click) };
  const { verdict, score, bot_reasons } = judge.judge(subject, account, place);
  const { asn, country } = place;
  const rules_version = judge.rulesVersion(account);
  return { ...click.standing, verdict, score, bot_reasons, asn, country, rules_version };
}

/** Whether both are counted alike; a different rules_version alone is no difference. */
export function isSame(before: Standing, after: Standing): boolean {
  return (
    before.verdict === after.verdict &&
    before.score === after.score &&
    before.is_first === after.is_first &&
    before.is_first_for_offer === after.is_first_for_offer &&
    Number(before.payout) === Number(after.payout) &&
    before.asn === after.asn &&
    before.country === after.country &&
    before.bot_reasons.join() === after.bot_reasons.join()
  );
}
