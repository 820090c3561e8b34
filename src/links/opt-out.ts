/**
 * What a tap with `Sec-GPC: 1` passes on to its destination (Global Privacy Control, w3.org/TR/gpc: the person objects to
 * the sale and sharing of personal data). The contact and the fields of the message are left empty, and identifiers by
 * which advertising networks recognise the person are taken out of what the tap brought. Ids of this installation stay:
 * a click id says nothing about a person to anybody else, and conversions are credited by it. Pure.
 */
import { readQuery } from '../platform/query-string.ts';
import type { MacroValues } from './destination-template.ts';

/**
 * Parameters that carry an advertising or mailing network's identifier of a click or a person. The names are those that
 * Firefox and Brave strip from addresses, and the successors of gclid and msclkid that are meant for the same.
 */
export const AD_IDENTIFIERS = new Set([
  ...['gclid', 'gclsrc', 'dclid', 'gbraid', 'wbraid', 'fbclid', 'igshid', 'msclkid', 'twclid', 'ttclid'],
  ...['yclid', '_openstat', 'li_fat_id', 'epik', 'sccid', 'irclickid', 'rb_clickid', 'wickedid', 's_cid'],
  ...['mc_eid', 'mkt_tok', '_hsenc', '_hsmi', '__hssc', '__hstc', '__hsfp', 'hsctatracking', '__s'],
  ...['vero_id', 'vero_conv', 'oly_anon_id', 'oly_enc_id', 'ml_subscriber', 'ml_subscriber_hash'],
]);

/** What macros stand for where nothing personal is passed on: a placeholder's default takes the value's place. */
export function withoutPerson(link: MacroValues['link']): MacroValues['link'] {
  const { message_id, offer_id, creative_id, campaign_id, variant_id, link_id } = link;
  return { message_id, offer_id, creative_id, campaign_id, variant_id, link_id, contact_id: '', fields: {} };
}

/** The same of a tap that was led to another offer. */
export function ofOffer(link: MacroValues['link'], offer_id: string): MacroValues['link'] {
  return { ...withoutPerson(link), contact_id: link.contact_id, fields: link.fields, offer_id };
}

/** The tap's query without AD_IDENTIFIERS. */
export function withoutAdIdentifiers(query: string): string {
  if (query === '') return query;
  const kept = readQuery(query).filter(({ name }) => !AD_IDENTIFIERS.has(plainName(name)));
  return kept.map(({ raw }) => raw).join('&');
}

/** As the most lenient reader of an address takes it: `Gclid[]` is gclid. */
const plainName = (name: string): string => (name.split(/[[\0]/)[0] ?? '').trim().toLowerCase();
