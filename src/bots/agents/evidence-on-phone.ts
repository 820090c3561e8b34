/**
 * What of a phone's user agent may tell that a robot sent it. Left out are the names of apps (`SmartNews/25.1`), unless
 * such a name has a word of automation, and the platform of other phones than Android and Apple's. isbot judges what
 * is left.
 */
import { isWapPhone } from './claims.ts';
import { withoutOtherDevice } from './device.ts';
import { type Part, partsOf } from './parts.ts';

/** Words of what robots do. */
const AUTOMATION =
  /bots?(?![a-z])|crawl|spider|scrap|headless|lighthouse|preview|monitor|check|valid|screenshot|scan|probe|synthetic|optimiz|inspect|observatory|ptst|agent|fetch|audit|pingdom|puppeteer|playwright|selenium|phantom/i;
/** Words of what apps are about. Other names without a version may be a robot's. */
const TOPIC = /news|search|music|mail|read|feed|google|java|download|library|[^\w-]/i;
/** Precedes the evidence, because some patterns of isbot are for whole user agents. */
const FRAME = 'Mozilla/5.0 (Linux) AppleWebKit/537.36 (KHTML, like Gecko) ';

/** For isbot; `agent` is a phone's, without the names that withoutNames removes. */
export function evidenceOnPhone(agent: string): string {
  const wap = isWapPhone(agent);
  const parts = partsOf(agent);
  const platform = parts.findIndex(({ kind }) => kind === 'comment');
  const evidence: string[] = [];
  for (const [i, part] of parts.entries()) {
    const text = i === platform ? withoutOtherDevice(part.text) : part.text;
    if (text === '') continue;
    // What precedes the platform is the client's own name.
    const named = i <= platform && !wap;
    if (named || isEvidence(part, wap)) evidence.push(part.kind === 'comment' ? `(${text})` : text);
  }
  return FRAME + evidence.join(' ');
}

function isEvidence({ kind, text, attached }: Part, wap: boolean): boolean {
  if (AUTOMATION.test(text)) return true;
  if (wap || kind === 'mark') return false;
  return kind === 'comment' ? !attached : !TOPIC.test(text);
}
