/** The tabs of the settings, above each of their pages. */
import type { JSX } from 'react';
import type { Known } from '../api.ts';
import { usePlace } from '../location.ts';
import { t } from '../strings/strings.ts';

export type Tab = readonly [path: string, name: string];

const OF_OWNERS: Tab[] = [
  ['/account', t.pages.account],
  ['/domains', t.pages.domains],
  ['/imports', t.pages.imports],
  ['/keys', t.pages.keys],
  ['/webhooks', t.pages.webhooks],
  ['/bot-rules', t.pages.bot_rules],
  ['/exports', t.pages.exports],
  ['/members', t.pages.members],
  ['/audit', t.pages.audit],
  ['/security', t.pages.security],
];
const OF_MEMBERS = ['/domains', '/webhooks', '/imports', '/security'];
const OF_KEYS = ['/domains', '/webhooks', '/imports'];

/** The pages of the settings that somebody may see. */
export function tabsFor(who: Known): Tab[] {
  if (who.kind === 'operator') return [];
  if (who.kind === 'member' && who.role === 'owner') return OF_OWNERS;
  const paths = who.kind === 'member' ? OF_MEMBERS : OF_KEYS;
  return OF_OWNERS.filter(([path]) => paths.includes(path));
}

export function SettingsTabs({ tabs }: { tabs: readonly Tab[] }): JSX.Element | null {
  const { path: at } = usePlace();
  if (tabs.length < 2) return null;
  return (
    <nav className="tabs" aria-label={t.pages.settings}>
      {tabs.map(([path, name]) => (
        <a key={path} href={path} aria-current={at === path ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}
