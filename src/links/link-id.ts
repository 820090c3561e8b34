/** Link ids: drawn from a cryptographic source, because a link must not be found by counting. Pure but for that. */
import { drawsOf } from '../platform/random.ts';

/** Of a link id's form, but a route of the public listener. */
const RESERVED_LINK_ID = 'healthz';
const drawLinkId = drawsOf(7);

/** 7 characters `A-Za-z0-9`, 41 bits: 3.5e12 ids. The caller must handle a collision. */
export function newLinkId(): string {
  const link_id = drawLinkId();
  return link_id === RESERVED_LINK_ID ? newLinkId() : link_id;
}
