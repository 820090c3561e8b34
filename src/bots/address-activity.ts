/**
 * Counts what an address did in the minute before each of its clicks. Pure: the caller stores that minute, passes it
 * in, and gets one count per click.
 */
import { type AddressActivity, NO_ACTIVITY } from './evidence.ts';
import { RATE_WINDOW_MS } from './signals/rate.ts';

/** A compact click of an address: hashes, because values only have to be compared. */
export interface Opened {
  at_ms: number;
  /** The recipient of the link. */
  recipient: string;
  /** The message, or the link if it has no message. */
  message: string;
  link_id: string;
  agent: string;
}

/**
 * One count for each of `clicks`, in order; `before` are the other known clicks, in any order. A count includes the
 * click itself and everything opened in the RATE_WINDOW_MS before it.
 */
export function countActivity(before: readonly Opened[], clicks: readonly Opened[]): AddressActivity[] {
  const all = [...before, ...clicks].sort((a, b) => a.at_ms - b.at_ms);
  const counts = new Map<Opened, AddressActivity>();
  const recipients = new Tally();
  const links = new Tally();
  const agents = new Tally();
  /** Message → its links, each with the latest time. */
  const messages = new Map<string, Map<string, number>>();
  let oldest = 0;
  for (const opened of all) {
    recipients.add(opened.recipient);
    links.add(opened.link_id);
    agents.add(opened.agent);
    for (; (all[oldest] as Opened).at_ms < opened.at_ms - RATE_WINDOW_MS; oldest++) {
      const gone = all[oldest] as Opened;
      recipients.remove(gone.recipient);
      links.remove(gone.link_id);
      agents.remove(gone.agent);
    }
    const of_message = messages.get(opened.message) ?? new Map<string, number>();
    messages.set(opened.message, of_message);
    let since_other_link_ms = -1;
    for (const [link_id, at_ms] of of_message) {
      if (link_id === opened.link_id) continue;
      const ago_ms = opened.at_ms - at_ms;
      if (since_other_link_ms < 0 || ago_ms < since_other_link_ms) since_other_link_ms = ago_ms;
    }
    of_message.set(opened.link_id, opened.at_ms);
    if (since_other_link_ms > RATE_WINDOW_MS) since_other_link_ms = -1;
    const { size } = recipients;
    counts.set(opened, { recipients: size, links: links.size, agents: agents.size, since_other_link_ms });
  }
  return clicks.map((click) => counts.get(click) ?? NO_ACTIVITY);
}

/** The number of occurrences of each text. */
class Tally {
  readonly #times = new Map<string, number>();

  add(text: string): void {
    this.#times.set(text, (this.#times.get(text) ?? 0) + 1);
  }

  remove(text: string): void {
    const times = (this.#times.get(text) ?? 0) - 1;
    if (times > 0) this.#times.set(text, times);
    else this.#times.delete(text);
  }

  get size(): number {
    return this.#times.size;
  }
}
