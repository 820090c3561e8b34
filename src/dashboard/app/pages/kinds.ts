/** The kinds that have a list and a page each, by their word in the URL. */

const IDS = {
  campaigns: 'campaign_id',
  offers: 'offer_id',
  creatives: 'creative_id',
  messages: 'message_id',
  links: 'link_id',
} as const;

export type EntityKind = keyof typeof IDS;

export const isEntityKind = (text: string): text is EntityKind => Object.hasOwn(IDS, text);
export const idOf = (kind: EntityKind): (typeof IDS)[EntityKind] => IDS[kind];
export const titleOf = (kind: EntityKind): string => kind.charAt(0).toUpperCase() + kind.slice(1);
/** Whether the catalog defines items of this kind; messages and links are created by sending. */
export const isDefined = (kind: EntityKind): kind is Exclude<EntityKind, 'messages' | 'links'> =>
  kind !== 'messages' && kind !== 'links';
