/**
 * Finds what a conversion belongs to and how to credit it: by the link of a click, a link, a message's link to an
 * offer, or a coupon. A wrong id of a known account is not an error: the conversion is kept with a reason; so is a
 * click id that names a link and was not given out here. Rejects when Redis is down.
 */
import type { InstallationKeys } from '../../access/installation-key.ts';
import { type Account, normalCoupon } from '../../catalog/definitions.ts';
import { type ClickIds, linkIdOfClickId, offerTailOf } from '../../clicks/click-id.ts';
import { isLinkId, type Link } from '../../links/link.ts';
import { leadsElsewhere } from '../../links/offer-routing.ts';
import type { MessageRecord } from '../../messages/message-store.ts';
import { type Channel, type Conversion, NO_SUBJECT, type Reason, type Subject } from '../conversion.ts';
import { ConversionError } from './conversion-error.ts';
import type { Reported } from './conversion-input.ts';
import type { ConversionSources } from './conversion-sources.ts';

/** What ids are looked up in, and what tells whether a click id was given out here. */
export interface Finding {
  sources: ConversionSources;
  click_ids: Pick<ClickIds, 'isGenuine'>;
  keys: Pick<InstallationKeys, 'fresh'>;
}

export interface Target {
  account: Account;
  offer_id: string;
  subject: Subject;
  credit_by: Conversion['credit_by'];
  reason: Reason | '';
}

/**
 * `account` is the authenticated account, `offer_id` the named offer. Throws ConversionError when nothing identifies
 * the account.
 */
export async function findTarget(
  finding: Finding,
  channel: Channel,
  reported: Reported,
  account: Account | undefined,
  offer_id: string | undefined,
): Promise<Target> {
  const { sources } = finding;
  if (reported.code !== '' || channel === 'coupon') return byCoupon(sources, reported, account, offer_id);
  const link_id = linkIdOf(reported);
  if (link_id !== undefined) {
    const target = await byLink(sources, reported, link_id, account, offer_id);
    const { click_id } = reported;
    if (target.credit_by !== 'click' || click_id === '' || (await isGenuine(finding, click_id)))
      return target;
    // Whoever made the id up may know the link, but no click: it says nothing of the link, its offer and its contact.
    return { ...target, offer_id: offer_id ?? '', ...UNKNOWN_CLICK };
  }
  if (account === undefined) {
    throw new ConversionError(
      'invalid_conversion',
      `give click_id or link_id: nothing says what converted${because(reported)}`,
    );
  }
  if (reported.message_id !== '') return byMessage(sources, account, reported.message_id, offer_id);
  return { account, offer_id: offer_id ?? '', subject: NO_SUBJECT, credit_by: 'none', reason: 'missing_id' };
}

async function isGenuine({ click_ids, keys }: Finding, click_id: string): Promise<boolean> {
  const now_ms = Date.now();
  if (click_ids.isGenuine(click_id, now_ms)) return true;
  // It may have been signed with a key that this process has not read yet.
  await keys.fresh();
  return click_ids.isGenuine(click_id, now_ms);
}

/** Kept with its link for whoever looks at the test. */
const OF_TEST = { credit_by: 'none', reason: 'test' } as const;
const UNKNOWN_CLICK = { subject: NO_SUBJECT, credit_by: 'none', reason: 'unknown_click' } as const;

/** What is wrong with the report, behind a message. */
const because = ({ problem }: Reported): string => (problem === '' ? '' : ` (${problem})`);

/** '' for an invalid click id; undefined when neither a click nor a link is given. */
function linkIdOf({ click_id, link_id }: Reported): string | undefined {
  if (click_id !== '') return linkIdOfClickId(click_id) ?? '';
  if (link_id !== '') return isLinkId(link_id) ? link_id : '';
  return undefined;
}

async function byLink(
  sources: ConversionSources,
  { click_id }: Reported,
  link_id: string,
  account: Account | undefined,
  offer_id: string | undefined,
): Promise<Target> {
  const link = link_id === '' ? null : await sources.link(link_id);
  // A link of another account is treated as unknown.
  const owner = link === null ? null : (account ?? (await sources.account(link.account_id)));
  if (link === null || owner === null || link.account_id !== owner.account_id) {
    if (account !== undefined) {
      const reason = link_id === '' ? 'unknown_click' : 'unknown_link';
      return { account, offer_id: offer_id ?? '', subject: NO_SUBJECT, credit_by: 'none', reason };
    }
    throw new ConversionError(
      click_id === '' ? 'unknown_link' : 'unknown_click',
      'there is no such click or link: check the macro in the postback',
    );
  }
  return ofLink(sources, { link, account: owner, click_id }, offer_id);
}

async function ofLink(
  sources: ConversionSources,
  { link, account, click_id }: { link: Link; account: Account; click_id: string },
  offer_id: string | undefined,
): Promise<Target> {
  const subject = subjectOf(link);
  if (link.is_test) return { account, offer_id: link.offer_id, subject, ...OF_TEST };
  const of = await offerOf(sources, link, click_id, offer_id);
  if (offer_id !== undefined && of !== offer_id) {
    return { account, offer_id, subject, credit_by: 'none', reason: 'wrong_offer' };
  }
  return { account, offer_id: of, subject, credit_by: 'click', reason: '' };
}

/** The offer of the click, where one is named; else the link's, or the one that it may have led to. */
async function offerOf(
  sources: ConversionSources,
  link: Link,
  click_id: string,
  named: string | undefined,
): Promise<string> {
  if (click_id === '') return offerOfLink(sources, link, named);
  const tail = offerTailOf(click_id);
  return tail === '' ? link.offer_id : ((await sources.offerByTail(link.account_id, tail)) ?? link.offer_id);
}

/**
 * Without a click the offer that is named, where the link's may lead to others: whether the contact was led there is
 * found with the first click.
 */
async function offerOfLink(
  sources: ConversionSources,
  { account_id, offer_id }: Link,
  named: string | undefined,
): Promise<string> {
  if (named === undefined || named === offer_id || offer_id === '') return offer_id;
  const [own, other] = await Promise.all([
    sources.offer(account_id, offer_id),
    sources.offer(account_id, named),
  ]);
  return own !== null && other !== null && leadsElsewhere(own) ? named : offer_id;
}

async function byMessage(
  sources: ConversionSources,
  account: Account,
  message_id: string,
  offer_id: string | undefined,
): Promise<Target> {
  const none = { account, offer_id: offer_id ?? '', subject: NO_SUBJECT, credit_by: 'none' } as const;
  if (offer_id === undefined) {
    throw new ConversionError('invalid_conversion', 'give offer_id with message_id, or click_id or link_id');
  }
  const message = await sources.message(account.account_id, message_id);
  if (message === null) return { ...none, reason: 'unknown_message' };
  const link = await linkToOffer(sources, message, offer_id);
  if (link === null) return { ...none, reason: 'wrong_offer' };
  const subject = subjectOf(link);
  if (link.is_test) return { account, offer_id, subject, ...OF_TEST };
  return { account, offer_id, subject, credit_by: 'click', reason: '' };
}

/** The message's link to the offer, else its first one whose offer may lead there. */
async function linkToOffer(
  sources: ConversionSources,
  { links }: MessageRecord,
  offer_id: string,
): Promise<Link | null> {
  const [, planned] = links.find(([, , of]) => of === offer_id) ?? [];
  if (planned !== undefined) return sources.link(planned);
  for (const [, link_id] of links) {
    const link = await sources.link(link_id);
    if (link !== null && (await offerOfLink(sources, link, offer_id)) === offer_id) return link;
  }
  return null;
}

async function byCoupon(
  sources: ConversionSources,
  reported: Reported,
  account: Account | undefined,
  offer_id: string | undefined,
): Promise<Target> {
  const code = normalCoupon(reported.code);
  if (code === '' && (account === undefined || reported.problem === '')) {
    throw new ConversionError('invalid_conversion', `give code, the coupon code${because(reported)}`);
  }
  if (account === undefined) {
    throw new ConversionError('secret_required', 'add secret=…: a coupon code does not say whose it is');
  }
  const subject = { ...NO_SUBJECT, contact_id: reported.contact_id };
  if (code === '') {
    return { account, offer_id: offer_id ?? '', subject, credit_by: 'none', reason: 'missing_id' };
  }
  const found = await sources.couponOffer(account.account_id, code);
  if (found === null || (offer_id !== undefined && found !== offer_id)) {
    const reason = found === null ? 'unknown_coupon' : 'wrong_offer';
    return { account, offer_id: offer_id ?? '', subject, credit_by: 'none', reason };
  }
  return {
    account,
    offer_id: found,
    subject,
    credit_by: reported.contact_id === '' ? 'offer' : 'message',
    reason: '',
  };
}

function subjectOf(link: Link): Subject {
  const { link_id, link_key, message_id, contact_id, creative_id, campaign_id, variant_id, domain } = link;
  const { sent_at_ms } = link;
  return {
    link_id,
    link_key,
    message_id,
    contact_id,
    creative_id,
    campaign_id,
    variant_id,
    domain,
    sent_at_ms,
  };
}
