/** Link ids: drawn from a cryptographic random source, so that nobody can enumerate links. Pure except for that. */
import { drawsOf } from '../platform/random.ts';

/** Routes of the public listener that have the form of a link id. */
const RESERVED_LINK_ID = 'healthz';
const drawLinkId = drawsOf(7);

/** 7 characters `A-Za-z0-9`, 41 bits: 3.5e12 ids. The caller must handle a collision. */
export function newLinkId(): string {
  const link_id = drawLinkId();
  return link_id === RESERVED_LINK_ID ? newLinkId() : link_id;
}
