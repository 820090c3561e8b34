/** The pages about money, above each of them. */
import type { JSX } from 'react';
import { usePlace } from '../location.ts';
import { t } from '../strings/strings.ts';

const TABS = [
  ['/finance', t.money.reports],
  ['/finance/unattributed', t.money.unattributed],
  ['/finance/postbacks', t.pages.postbacks],
  ['/finance/reconcile', t.money.reconcile],
] as const;

export function MoneyTabs(): JSX.Element {
  const { path } = usePlace();
  return (
    <nav className="tabs" aria-label={t.pages.finance}>
      {TABS.map(([to, name]) => (
        <a key={to} href={to} aria-current={isAt(path, to) ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

const isAt = (path: string, to: string): boolean =>
  path === to || (to !== '/finance' && path.startsWith(`${to}/`));
