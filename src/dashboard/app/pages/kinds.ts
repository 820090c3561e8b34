/** The kinds that have a list and a page each, by their word in the URL. */
import { t } from '../strings/strings.ts';

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
export const titleOf = (kind: EntityKind): string => t.pages[kind];

/** Kinds that the catalog defines; messages and links are created by sending. */
export type DefinedKind = Exclude<EntityKind, 'messages' | 'links'>;
export const isDefined = (kind: EntityKind): kind is DefinedKind => kind !== 'messages' && kind !== 'links';
