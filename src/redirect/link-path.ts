/**
 * The link id in a request's path. A phone that linkified a sentence adds its punctuation to the link
 * (`trk.ly/abc1234).`): that is forgiven, nothing else is.
 */
import { isLinkId } from '../links/link.ts';

const ID_END = 8;
const TAIL_LENGTH_MAX = 40;
/** Punctuation, symbols and a final slash, as they follow a link in a sentence. */
const FORGIVEN = /^[\p{P}\p{S}\s]+$/u;

/** The 7-character id, or undefined where the path is not a link's. */
export function linkIdOfPath(path: string): string | undefined {
  const link_id = path.slice(1, ID_END);
  if (!isLinkId(link_id)) return undefined;
  if (path.length === ID_END) return link_id;
  const tail = path.slice(ID_END);
  if (tail.length > TAIL_LENGTH_MAX) return undefined;
  try {
    const text = decodeURIComponent(tail);
    return FORGIVEN.test(text) ? link_id : undefined;
  } catch {
    return undefined;
  }
}
