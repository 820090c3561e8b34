/**
 * Step 5 of a tap: what stands before its destination. Nothing, the page of a blocked country, a preview page for a
 * visitor whom the rules suspect, or the offer's interstitial. The same rules judge here as in the worker, without
 * what only the log of clicks can tell. Asks nobody.
 */
import type { InstallationKeySource } from '../../access/key-ring.ts';
import { NO_ACTIVITY } from '../../bots/evidence.ts';
import type { Judge, Place } from '../../bots/judge.ts';
import { SUSPICIOUS_SCORE } from '../../bots/judge-click.ts';
import type { Account, Offer } from '../../catalog/definitions.ts';
import { type Answered, headersOf } from '../../clicks/click.ts';
import { isPageToken } from '../page-token.ts';
import type { ServedLink } from '../served-link.ts';
import type { Tap, TapRequest } from '../tap.ts';

type Gate = Exclude<Answered, 'continue'>;

interface Visit {
  request: Pick<TapRequest, 'ip' | 'user_agent' | 'headers'>;
  at_ms: number;
}

interface Asked {
  link: Pick<ServedLink, 'link_id' | 'message_id' | 'sent_at_ms' | 'contact_country'>;
  offer: { offer: Offer } | null | undefined;
  /** Null where it was removed by hand. */
  account: Account | null;
}

/** The gate of a visit; a valid token of its preview page opens it. Made once for a process. */
export function createChooseGate(
  judge: Judge,
  keys: InstallationKeySource,
): (tap: Visit & Pick<Tap, 'token'>, asked: Asked) => Answered {
  return (tap, asked) => {
    const gate = gateOf(judge, tap, asked);
    if (tap.token === undefined || gate === 'blocked') return gate;
    // A token that is late, or of another link, brings the page again.
    const valid = isPageToken(keys, 'preview', asked.link.link_id, tap.token, tap.at_ms);
    return valid ? 'continue' : 'preview';
  };
}

/** The gate of a visit that brings no token. */
export function gateOf(judge: Judge, { request, at_ms }: Visit, { link, offer, account }: Asked): Gate {
  const interstitial = offer?.offer.interstitial ?? 'off';
  const open: Gate = interstitial === 'off' ? 'redirect' : 'interstitial';
  if (account === null) return open;
  const { blocked_countries } = account;
  const filtered = filters(account, offer?.offer);
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
      clicked_at_ms: at_ms,
      activity: NO_ACTIVITY,
      answered: 'redirect',
    },
    account,
    place,
  );
  return score >= SUSPICIOUS_SCORE ? 'preview' : open;
}

/** Whether suspicious visitors get a preview page. */
function filters(account: Account, offer: Offer | undefined): boolean {
  const own = offer?.bot_filter ?? 'inherit';
  return (own === 'inherit' ? account.bot_filter : own) === 'filter';
}
