/** Clicks for tests, and their rows on the log as the redirect process writes them. */
import {
  encodeAgent,
  encodeClick,
  encodeClickLink,
  encodeClickPlacement,
  KEPT_HEADERS,
} from '../../src/clicks/click.ts';
import { type Click, LOGGED_CLICK } from '../../src/clicks/click-fields.ts';
import type { OfferClosed } from '../../src/links/destination.ts';

/** Fields that can't hold just any text or time. */
const SPECIAL: Partial<Click> = {
  ip: '192.0.2.1',
  headers: { accept: 'headers' },
  answered: 'interstitial',
  contact_country: 'NZ',
  trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  is_test: false,
};

/** A click of which every field has a value of its own: a text is its field's name. */
export function someClick(given: Partial<Click> = {}): Click {
  const values = Object.keys(LOGGED_CLICK).map((name, i) => [name, name.endsWith('_ms') ? 1_000 + i : name]);
  return { ...Object.fromEntries(values), ...SPECIAL, ...given } as Click;
}

export function rowOfClick(click: Click): string {
  return encodeClick({
    click_id: click.click_id,
    clicked_at_ms: click.clicked_at_ms,
    request: click,
    agent_json: encodeAgent({
      user_agent: click.user_agent,
      headers: KEPT_HEADERS.map((name) => click.headers[name] ?? ''),
    }),
    domain: click.domain,
    link_json: encodeClickLink(click, encodeClickPlacement(click)),
    led:
      click.rule === '' && click.fallback_reason === '' && click.planned_offer_id === '' && click.cap === ''
        ? undefined
        : { ...click, fallback_reason: click.fallback_reason as OfferClosed },
    answered: click.answered,
    trace: click.trace,
    is_test: click.is_test,
  });
}
