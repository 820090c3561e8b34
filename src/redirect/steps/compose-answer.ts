/**
 * Step 7 of a tap: what its click is answered with, from the destination and from what stands before it. Pure but for
 * the installation's key, which signs the preview page's token.
 */
import { domainToUnicode } from 'node:url';
import type { InstallationKeySource } from '../../access/key-ring.ts';
import type { Answered } from '../../clicks/click.ts';
import type { Destination } from '../../links/destination.ts';
import { asciiUrl, type MacroValues } from '../../links/destination-template.ts';
import { ofOffer, withoutAdIdentifiers, withoutPerson } from '../../links/opt-out.ts';
import { locationOf } from '../../links/parameters.ts';
import { newPageToken } from '../page-token.ts';
import { blockedPage, DEFAULT_BRAND, interstitialPage, previewPage } from '../pages/gate-pages.ts';
import type { FoundLink, TapAnswer, UnknownLink } from '../tap.ts';

export interface LoggedClick {
  click_id: string;
  at_ms: number;
  found: FoundLink;
  destination: Exclude<Destination, { kind: 'gone' }>;
  /** What stands before the destination. */
  gate: Answered;
  /** What the tap brought. */
  query: string;
  /** Whether the visitor objects to passing on personal data. */
  gpc: boolean;
}

/** The answer to a click. */
export function composeAnswer(keys: InstallationKeySource, click: LoggedClick): TapAnswer {
  const { click_id, at_ms, found, destination, gate, query } = click;
  const opted_out = click.gpc && found.account?.honour_gpc !== false;
  const { link } = found;
  const brand = found.account?.brand ?? DEFAULT_BRAND;
  if (gate === 'blocked') return { outcome: 'blocked', page: blockedPage(brand) };
  const location =
    destination.kind === 'fallback'
      ? asciiUrl(destination.url)
      : locationOf(
          destination.template,
          link.planOver(found.plan),
          { link: namedIn(found, opted_out), click_id, clicked_at_ms: at_ms },
          opted_out ? withoutAdIdentifiers(query) : query,
        );
  if (gate === 'preview') {
    const token = newPageToken(keys, 'preview', link.link_id, at_ms);
    return {
      outcome: 'preview',
      page: previewPage(brand, hostOf(location), pathOf(link.link_id, query), token),
    };
  }
  if (destination.kind === 'fallback') return { outcome: 'fallback', location, reason: destination.reason };
  if (gate === 'interstitial') {
    const offer = found.offer?.offer;
    const seconds = offer?.interstitial === 'timed' ? offer.interstitial_seconds : undefined;
    return { outcome: 'interstitial', page: interstitialPage(brand, hostOf(location), location, seconds) };
  }
  return { outcome: gate === 'continue' ? 'continued' : 'redirected', location };
}

/** What the macros of the destination stand for. */
function namedIn({ link, led }: FoundLink, opted_out: boolean): MacroValues['link'] {
  const named = led === undefined ? link : ofOffer(link, led.offer_id);
  return opted_out ? withoutPerson(named) : named;
}

/** The answer where there is no such link; it is not a click. */
export function answerUnknown({ fallback_url }: UnknownLink): TapAnswer {
  return fallback_url === ''
    ? { outcome: 'not_found' }
    : { outcome: 'fallback', location: asciiUrl(fallback_url) };
}

/** Where Continue goes: the same link, with what the tap brought. */
const pathOf = (link_id: string, query: string): string =>
  query === '' ? `/${link_id}` : `/${link_id}?${query}`;

/** The name that a person knows the destination by: a host of other letters than ASCII in its own. */
function hostOf(location: string): string {
  const [, host = '', port = ''] =
    /^https?:\/\/([^/?#:]*|\[[^\]]*\])(:\d*)?(?:[/?#]|$)/i.exec(location) ?? [];
  return (/(?:^|\.)xn--/i.test(host) ? domainToUnicode(host) || host : host) + port;
}
