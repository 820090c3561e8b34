/** What a visitor holds in the hand, by its user agent, for the rules of offers. Pure. */
import { isPhone } from './claims.ts';

export const DEVICES = ['iphone', 'ipad', 'android', 'other_phone', 'computer', 'other'] as const;
export type Device = (typeof DEVICES)[number];

/** An iPad that asks for pages as a computer gets them (Safari's default) is one: nothing tells them apart. */
export function deviceKind(user_agent: string): Device {
  if (/iPhone|iPod/.test(user_agent)) return 'iphone';
  if (user_agent.includes('iPad')) return 'ipad';
  if (/Android|HarmonyOS/.test(user_agent)) return 'android';
  if (isPhone(user_agent)) return 'other_phone';
  return /Windows NT|Macintosh|X11|\bCrOS\b/.test(user_agent) ? 'computer' : 'other';
}
