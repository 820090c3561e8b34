/**
 * The link id in a request's path. What a phone or a person put behind it that can't belong to it is forgiven:
 * punctuation and symbols, a slash, and any text that begins with a character outside ASCII, as where a message goes on
 * in Chinese right behind its link, or an emoji or a mark of writing direction follows. Pure.
 */
import { isLinkId } from '../links/link.ts';

const ID_END = 8;
/** Punctuation, symbols and spaces; from the first character outside ASCII on, anything. */
const FORGIVEN = /^[\p{P}\p{S}\s]*(?:[^\0-\x7f].*)?$/su;
/** The same for text that was cut within a character, so that it can't be decoded. */
const FORGIVEN_CUT = /^(?:%2[\da-f]|[!-/:-@[-`{-~])*%[89a-f][\da-f]/i;

/** The 7-character id, or undefined where the path is not a link's. `path` is bounded by its caller. */
export function linkIdOfPath(path: string): string | undefined {
  const link_id = path.slice(1, ID_END);
  if (!isLinkId(link_id)) return undefined;
  if (path.length === ID_END) return link_id;
  const tail = path.slice(ID_END);
  try {
    return FORGIVEN.test(decodeURIComponent(tail)) ? link_id : undefined;
  } catch {
    return FORGIVEN_CUT.test(tail) ? link_id : undefined;
  }
}
