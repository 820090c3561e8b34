/**
 * What stands between a tap and its destination: nothing, the page of a blocked country, a preview page for a
 * visitor whom the rules suspect, or the offer's interstitial. The same rules judge here as in the worker,
 * without what only the log of clicks can tell. Asks nobody.
 */
import { NO_ACTIVITY } from '../bots/evidence.ts';
import type { Judge, Place } from '../bots/judge.ts';
import { SUSPICIOUS_SCORE } from '../bots/judge-click.ts';
import type { Account, Offer } from '../catalog/definitions.ts';
import { type Answered, headersOf } from '../clicks/click.ts';
import type { ServedLink } from './link-lookup.ts';
import type { ClickRequest } from './read-request.ts';

export type Gate = Exclude<Answered, 'continue'>;

/** Whether suspicious visitors get a preview page. */
export function filters(account: Account, offer: Offer | undefined): boolean {
  const own = offer?.bot_filter ?? 'inherit';
  return (own === 'inherit' ? account.bot_filter : own) === 'filter';
}

/** `account` is null where it was removed by hand. */
export function chooseGate(
  judge: Judge,
  request: ClickRequest,
  link: Pick<ServedLink, 'message_id' | 'sent_at_ms' | 'contact_country'>,
  offer: Offer | undefined,
  account: Account | null,
  now_ms: number,
): Gate {
  const interstitial = offer?.interstitial ?? 'off';
  const open: Gate = interstitial === 'off' ? 'redirect' : 'interstitial';
  if (account === null) return open;
  const { blocked_countries } = account;
  const filtered = filters(account, offer);
  if (!filtered && blocked_countries.length === 0) return open;
  const place: Place = judge.place(request.ip, request.user_agent);
  if (blocked_countries.includes(place.country)) return 'blocked';
  if (!filtered) return open;
  const { score } = judge.judge(
    {
      user_agent: request.user_agent,
      // HEAD is answered as GET would be.
      method: 'GET',
      headers: headersOf(request.headers),
      ip: request.ip,
      contact_country: link.contact_country,
      sent_at_ms: link.message_id === '' ? 0 : link.sent_at_ms,
      clicked_at_ms: now_ms,
      activity: NO_ACTIVITY,
      answered: 'redirect',
    },
    account,
    place,
  );
  return score >= SUSPICIOUS_SCORE ? 'preview' : open;
}
