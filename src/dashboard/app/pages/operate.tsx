/** The pages of who runs the installation, each a chunk of its own: what the addresses of an admin session show. */
import { type JSX, type LazyExoticComponent, lazy } from 'react';
import { t } from '../strings/strings.ts';

const AlarmsPage = lazy(async () => ({ default: (await import('./operate/alarms.tsx')).AlarmsPage }));
const LedgerPage = lazy(async () => ({ default: (await import('./operate/ledger.tsx')).LedgerPage }));
const DeadLettersPage = lazy(async () => ({
  default: (await import('./operate/dead-letters.tsx')).DeadLettersPage,
}));
const QueuesPage = lazy(async () => ({ default: (await import('./operate/queues.tsx')).QueuesPage }));
const SpoolsPage = lazy(async () => ({ default: (await import('./operate/spools.tsx')).SpoolsPage }));
const PartitionsPage = lazy(async () => ({
  default: (await import('./operate/partitions.tsx')).PartitionsPage,
}));
const CertificatesPage = lazy(async () => ({
  default: (await import('./operate/certificates.tsx')).CertificatesPage,
}));
const LimitsPage = lazy(async () => ({ default: (await import('./operate/limits.tsx')).LimitsPage }));
const AccountsPage = lazy(async () => ({ default: (await import('./operate/accounts.tsx')).AccountsPage }));
const TakedownsPage = lazy(async () => ({
  default: (await import('./operate/takedowns.tsx')).TakedownsPage,
}));

const PAGES: Record<string, LazyExoticComponent<() => JSX.Element>> = {
  alarms: AlarmsPage,
  ledger: LedgerPage,
  'dead-letters': DeadLettersPage,
  queues: QueuesPage,
  spools: SpoolsPage,
  partitions: PartitionsPage,
  certificates: CertificatesPage,
  limits: LimitsPage,
  accounts: AccountsPage,
  takedowns: TakedownsPage,
};

export function OperatePage({ name }: { name: string }): JSX.Element {
  const Page = Object.hasOwn(PAGES, name) ? PAGES[name] : undefined;
  return Page === undefined ? <p>{t.shared.no_such_page}</p> : <Page />;
}
