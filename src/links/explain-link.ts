/**
 * Where a tap on a link would go, and why: by the code that a tap is answered with, for people who ask before they send.
 * Nothing is logged and no id is made: `{{click_id}}` is SAMPLE_CLICK_ID. Pure.
 */
import type { Account, Campaign, Creative, Offer } from '../catalog/definitions.ts';
import type { QueryMode } from '../catalog/parameter-rules.ts';
import { OPT_OUT_LINK } from '../catalog/placeholders.ts';
import type { Domain } from '../domains/domain.ts';
import type { Closure } from '../takedowns/takedown.ts';
import {
  compileOffer,
  type Destination,
  destinationOf,
  type FallbackSource,
  type GoneReason,
  goneReason,
  type Led,
} from './destination.ts';
import {
  asciiUrl,
  compileDestination,
  type DestinationTemplate,
  type MacroValues,
  placeholderValue,
} from './destination-template.ts';
import { explainLed } from './explain-led.ts';
import { endOf, findWay } from './lead-tap.ts';
import type { Link } from './link.ts';
import type { Visit } from './offer-routing.ts';
import { withoutAdIdentifiers, withoutPerson } from './opt-out.ts';
import { compileRules, lead, overlay, type ParameterLevel, type UsedParameter } from './parameters.ts';

export const SAMPLE_CLICK_ID = 'CLICK-ID';

/** A link with what belongs to it. */
export interface LinkContext {
  link: Link;
  account: Account;
  /** Null where it does not exist, undefined for a link without one. */
  offer: Offer | null | undefined;
  creative: Creative | undefined;
  campaign: Campaign | undefined;
  /** The tracking domain that the link was made for; undefined for the installation's own. */
  domain?: Pick<Domain, 'taken_down'> | undefined;
  /** What the tap brings. */
  tap_query: string;
  /** Whether the tap says `Sec-GPC: 1`. */
  gpc: boolean;
  now_ms: number;
  /** The other offers that the link's offer may lead to. */
  reach: ReadonlyMap<string, Offer>;
  /** Who would tap, when, and with what. */
  visit: Visit;
}

export interface LinkExplanation {
  /** `page`: the small page of a link that has ended. */
  leads_to: 'destination' | 'fallback' | 'page';
  /** null for a page. */
  location: string | null;
  /** Why it does not lead to its destination; null where it does. */
  reason: GoneReason | null;
  why: string;
  /** Whose address it is; null for a page. */
  source: 'link' | FallbackSource | null;
  /** Name of the rule that leads the tap; null without one. */
  rule: string | null;
  /** The offer of the click; '' for a link without one. */
  led_to_offer_id: string;
  interstitial: Offer['interstitial'];
  /** What becomes of the tap's parameters, and which level says so; null: none does. */
  query: { mode: QueryMode; source: ParameterLevel | null };
  parameters: UsedParameter[];
  /** Macros of the destination that have no value and no default here. */
  empty_macros: string[];
}

type OwnReason = Exclude<GoneReason, 'account_suspended' | 'taken_down'>;

const REASONS: Record<OwnReason, string> = {
  disabled: 'the link is disabled',
  expired: 'the link has expired',
  offer_paused: 'the offer is paused',
  offer_archived: 'the offer is archived',
  offer_unknown: 'the link’s offer does not exist',
  offer_capped: 'a cap of the offer is reached',
};

export function explainLink(planned: LinkContext): LinkExplanation {
  const led = ledBy(planned);
  const reached = led === undefined ? planned.offer : (planned.reach.get(led.offer_id) ?? null);
  const context =
    led === undefined || led.offer_id === planned.link.offer_id ? planned : ofOtherOffer(planned, reached);
  const explanation = explainWay(context, led);
  const why = led === undefined ? '' : explainLed({ ...led, ...namesOf(planned, reached) });
  return {
    ...explanation,
    why: why ? `${why} ${explanation.why}` : explanation.why,
    rule: led?.rule || null,
    led_to_offer_id: led?.offer_id ?? planned.link.offer_id,
  };
}

/** Where the offer's rules and fallbacks lead; undefined where its own destination is taken. */
function ledBy({ link, offer, reach, visit }: LinkContext): Led | undefined {
  if (!offer || link.url !== '' || goneReason(link, undefined, visit.at_ms) !== undefined) return undefined;
  const compiled = new Map([...reach].map(([id, one]) => [id, compileOffer(one)]));
  compiled.set(link.offer_id, compileOffer(offer));
  const at = (offer_id: string) => compiled.get(offer_id);
  const way = findWay(link.offer_id, at, () => visit);
  return way && endOf(link.offer_id, at, way);
}

const ofOtherOffer = (context: LinkContext, offer: Offer | null | undefined): LinkContext => ({
  ...context,
  offer,
  link: { ...context.link, offer_id: offer?.offer_id ?? context.link.offer_id },
});

const namesOf = ({ offer }: LinkContext, reached: Offer | null | undefined) => ({
  offer: reached?.name ?? null,
  planned_offer: offer?.name ?? null,
});

function explainWay(
  context: LinkContext,
  led: Led | undefined,
): Omit<LinkExplanation, 'rule' | 'led_to_offer_id'> {
  const { link, account, now_ms } = context;
  const offer = context.offer ? compileOffer(context.offer) : (context.offer as null | undefined);
  const own_destination = link.url === '' ? undefined : compileDestination(link.url);
  // Nothing opens on a domain that was taken down, whatever becomes of the link.
  const taken_down = link.taken_down ?? context.domain?.taken_down;
  const destination = destinationOf(
    { link: { ...link, taken_down, own_destination }, offer, account, led },
    now_ms,
  );
  const plan = planOf(context);
  const explanation = {
    interstitial: context.offer?.interstitial ?? 'off',
    query: { mode: plan?.query ?? 'drop', source: plan?.query_level ?? null },
  };
  if (asksToOptOut(link, destination)) return { ...explanation, ...OPT_OUT_PAGE };
  if (destination.kind !== 'redirect') return { ...explanation, ...ended(context, destination) };
  const opted_out = context.gpc && account.honour_gpc !== false;
  const values: MacroValues = {
    link: opted_out ? withoutPerson(link) : link,
    click_id: SAMPLE_CLICK_ID,
    clicked_at_ms: now_ms,
  };
  const query = opted_out ? withoutAdIdentifiers(context.tap_query) : context.tap_query;
  const { location, parameters, filled_with } = lead(destination.template, plan, values, query);
  const source = own_destination === undefined ? 'offer' : 'link';
  const whose = led?.template === undefined ? OWNER[source] : 'rule’s own';
  return {
    ...explanation,
    leads_to: 'destination',
    location,
    reason: null,
    why: `The link leads to the ${whose} destination${sentenceOf(parameters)}.`,
    source,
    parameters,
    empty_macros: emptyMacros(destination.template, filled_with),
  };
}

const OWNER = { offer: 'offer’s', link: 'link’s own' } as const;

/** Whatever becomes of a message's links, its recipient may opt out, unless the operator has closed them. */
function asksToOptOut(
  { link_key }: Pick<Link, 'link_key'>,
  destination: ReturnType<typeof destinationOf>,
): boolean {
  const closed = destination.kind === 'gone' ? destination.reason : undefined;
  return link_key === OPT_OUT_LINK && closed !== 'account_suspended' && closed !== 'taken_down';
}

const OPT_OUT_PAGE = {
  leads_to: 'page',
  location: null,
  reason: null,
  why: 'It is the opt-out link of the message: it leads to a page that asks whether messages are to stop.',
  source: null,
  parameters: [] as UsedParameter[],
  empty_macros: [] as string[],
} as const;

function planOf({ link, account, offer, creative, campaign }: LinkContext) {
  const levels: [ParameterLevel, Parameters<typeof compileRules>[0] | null | undefined][] = [
    ['account', account],
    ['campaign', campaign],
    ['creative', creative],
    ['offer', offer],
    ['link', link],
  ];
  return levels.reduce<ReturnType<typeof overlay>>(
    (plan, [level, rules]) => overlay(plan, compileRules(rules ?? {}), level),
    undefined,
  );
}

function ended(
  context: LinkContext,
  destination: Exclude<Destination, { kind: 'redirect' }>,
): Omit<LinkExplanation, 'interstitial' | 'query' | 'rule' | 'led_to_offer_id'> {
  const { reason } = destination;
  const nothing = { reason, parameters: [], empty_macros: [] };
  const page = { leads_to: 'page', location: null, source: null } as const;
  if (reason === 'account_suspended' || reason === 'taken_down') {
    return { ...nothing, ...page, why: closedText(context) };
  }
  if (destination.kind === 'gone') {
    const why = `A page says that the link is no longer active: ${REASONS[reason]}, and neither the offer nor the account has a fallback_url.`;
    return { ...nothing, ...page, why };
  }
  const { source, url } = destination;
  const why = `The ${source}’s fallback_url is taken, to which nothing is added: ${REASONS[reason]}.`;
  return { ...nothing, leads_to: 'fallback', location: asciiUrl(url), why, source };
}

/** What the operator has closed, and why; nothing but the operator opens it again. */
function closedText({ link, offer, account, domain }: LinkContext): string {
  const closed: [what: string, closure: Closure | null | undefined][] = [
    ['suspended the account', account.suspension],
    ['taken the link down', link.taken_down],
    ['taken the link’s offer down', offer?.taken_down],
    [`taken ${link.domain} down`, domain?.taken_down],
  ];
  const [what = 'closed it', closure] = closed.find(([, of]) => of) ?? [];
  const page =
    what.endsWith(`${link.domain} down`) && link.domain !== '' ? 'does not exist' : 'is no longer active';
  return `A page says that the link ${page}: the operator has ${what}${closure ? `, because: ${closure.reason}` : ''}. No fallback_url is taken; ask the operator.`;
}

function sentenceOf(parameters: readonly UsedParameter[]): string {
  const added = parameters.filter(({ source, left_out }) => source !== 'destination' && !left_out).length;
  const left_out = parameters.filter((parameter) => parameter.left_out).length;
  const parts = [
    ...(added > 0 ? [`${added} parameter${added === 1 ? '' : 's'} added`] : []),
    ...(left_out > 0 ? [`${left_out} left out`] : []),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(' and ')}`;
}

function emptyMacros({ base, fragment }: DestinationTemplate, values: MacroValues): string[] {
  const placeholders = [...base.placeholders, ...(fragment?.placeholders ?? [])];
  const empty = placeholders.filter(
    (placeholder) => placeholder.default_value === undefined && placeholderValue(placeholder, values) === '',
  );
  return [...new Set(empty.map(({ name }) => name))];
}
