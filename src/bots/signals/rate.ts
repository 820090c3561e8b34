/**
 * One address over many recipients or links. Carriers put thousands of people behind one address (CGNAT), and a
 * company puts all of its people there; a scanner differs in that it opens every link of every message, or opens all
 * of them with the same browser. Relays and private addresses are not judged, because they may stand for many people.
 */
import type { Evidence, Reason } from '../evidence.ts';

/** The window over which an address is counted. */
export const RATE_WINDOW_MS = 60_000;
/** Threshold for a server's address. */
const HOSTING_RECIPIENTS_MIN = 5;
const HOSTING_LINKS_MIN = 10;
/** Threshold for any other address: even 20 colleagues or neighbours have more than one kind of phone. */
const ONE_AGENT_RECIPIENTS_MIN = 20;
/** People open 1.1 links of a message on average; a scanner opens all. */
const ALL_LINKS_RECIPIENTS_MIN = 10;
const LINKS_PER_RECIPIENT_MIN = 2;

export function rateReasons({ activity, network }: Pick<Evidence, 'activity' | 'network'>): Reason[] {
  const { recipients, links, agents } = activity;
  if (network === 'hosting' || network === 'security') {
    if (recipients >= HOSTING_RECIPIENTS_MIN) return ['rate:recipients'];
    return links >= HOSTING_LINKS_MIN ? ['rate:links'] : [];
  }
  if (network !== 'access') return [];
  if (recipients >= ALL_LINKS_RECIPIENTS_MIN && links >= LINKS_PER_RECIPIENT_MIN * recipients) {
    return ['rate:all_links'];
  }
  return recipients >= ONE_AGENT_RECIPIENTS_MIN && agents === 1 ? ['rate:one_agent'] : [];
}
