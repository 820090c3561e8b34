/**
 * Judges a tap by its request alone, for what is shown but never counted: refused taps, and clicks of tests. Pure, apart
 * from the data of the judge.
 */
import { NO_ACTIVITY } from '../../src/bots/evidence.ts';
import type { Click } from '../../src/clicks/click.ts';
import type { KeptRefusal } from '../../src/clicks/refused-fields.ts';
import type { WorkerContext } from '../worker-context.ts';
import { sentAtOf } from './judged-with.ts';

/** Without what the log tells of the address: that would have to be noted, and stored with the batch. */
export function judgeAlone(
  { judge }: WorkerContext,
  click: Click,
  account: Parameters<typeof judge.judge>[1],
): KeptRefusal['judged'] {
  const { user_agent, method, headers, ip, contact_country, clicked_at_ms, answered } = click;
  const place = judge.place(ip, user_agent);
  const { verdict, score, bot_reasons } = judge.judge(
    {
      ...{ user_agent, method, headers, ip, contact_country, clicked_at_ms, answered },
      sent_at_ms: sentAtOf(click),
      activity: NO_ACTIVITY,
    },
    account,
    place,
  );
  return { verdict, score, bot_reasons, rules_version: judge.rulesVersion(account), place };
}
