/** Which page an address shows. Each page is a chunk of its own, fetched when it is first needed or likely to be. */
import { type JSX, lazy } from 'react';
import type { Account } from '../../client/openapi.ts';
import type { Known } from './api.ts';
import { type EntityKind, isDefined, isEntityKind } from './pages/kinds.ts';
import { SettingsTabs, tabsFor } from './parts/settings.tsx';
import { loadPageStrings, t } from './strings/strings.ts';

/** A page, after the words that only pages have. */
const page =
  <T,>(load: () => Promise<T>) =>
  async (): Promise<T> => {
    await loadPageStrings();
    return load();
  };

const load = {
  account: page(() => import('./pages/account.tsx')),
  annotations: page(() => import('./pages/annotations.tsx')),
  audience: page(() => import('./pages/audience.tsx')),
  audiences: page(() => import('./pages/audiences.tsx')),
  audit: page(() => import('./pages/audit.tsx')),
  'bot-rules': page(() => import('./pages/bot-rules.tsx')),
  bots: page(() => import('./pages/bots.tsx')),
  change: page(() => import('./pages/change.tsx')),
  compare: page(() => import('./pages/compare.tsx')),
  clicks: page(() => import('./pages/clicks.tsx')),
  cohorts: page(() => import('./pages/cohorts.tsx')),
  create: page(() => import('./pages/create.tsx')),
  domain: page(() => import('./pages/domain.tsx')),
  domains: page(() => import('./pages/domains.tsx')),
  entity: page(() => import('./pages/entity.tsx')),
  explore: page(() => import('./pages/explore.tsx')),
  export: page(() => import('./pages/exports.tsx')),
  exports: page(() => import('./pages/exports.tsx')),
  finance: page(() => import('./pages/finance.tsx')),
  health: page(() => import('./pages/health.tsx')),
  imports: page(() => import('./pages/imports.tsx')),
  inspector: page(() => import('./pages/inspector.tsx')),
  keys: page(() => import('./pages/keys.tsx')),
  list: page(() => import('./pages/list.tsx')),
  live: page(() => import('./pages/live.tsx')),
  members: page(() => import('./pages/members.tsx')),
  operate: page(() => import('./pages/operate.tsx')),
  overview: () => import('./pages/overview.tsx'),
  postbacks: page(() => import('./pages/postbacks.tsx')),
  reconcile: page(() => import('./pages/reconcile.tsx')),
  security: page(() => import('./pages/security.tsx')),
  'send-times': page(() => import('./pages/send-times.tsx')),
  shorten: page(() => import('./pages/shorten.tsx')),
  start: page(() => import('./pages/start.tsx')),
  trace: page(() => import('./pages/trace.tsx')),
  unattributed: page(() => import('./pages/unattributed.tsx')),
  view: page(() => import('./pages/view.tsx')),
  views: page(() => import('./pages/views.tsx')),
  webhook: page(() => import('./pages/webhook.tsx')),
  webhooks: page(() => import('./pages/webhooks.tsx')),
} as const;

const AccountPage = lazy(async () => ({ default: (await load.account()).AccountPage }));
const AnnotationsPage = lazy(async () => ({ default: (await load.annotations()).AnnotationsPage }));
const AudiencePage = lazy(async () => ({ default: (await load.audience()).AudiencePage }));
const AudiencesPage = lazy(async () => ({ default: (await load.audiences()).AudiencesPage }));
const AuditPage = lazy(async () => ({ default: (await load.audit()).AuditPage }));
const BotRulesPage = lazy(async () => ({ default: (await load['bot-rules']()).BotRulesPage }));
const BotsPage = lazy(async () => ({ default: (await load.bots()).BotsPage }));
const ChangePage = lazy(async () => ({ default: (await load.change()).ChangePage }));
const ComparePage = lazy(async () => ({ default: (await load.compare()).ComparePage }));
const ClicksPage = lazy(async () => ({ default: (await load.clicks()).ClicksPage }));
const CohortsPage = lazy(async () => ({ default: (await load.cohorts()).CohortsPage }));
const CreatePage = lazy(async () => ({ default: (await load.create()).CreatePage }));
const DomainPage = lazy(async () => ({ default: (await load.domain()).DomainPage }));
const DomainsPage = lazy(async () => ({ default: (await load.domains()).DomainsPage }));
const EntityPage = lazy(async () => ({ default: (await load.entity()).EntityPage }));
const ExplorePage = lazy(async () => ({ default: (await load.explore()).ExplorePage }));
const ExportPage = lazy(async () => ({ default: (await load.export()).ExportPage }));
const ExportsPage = lazy(async () => ({ default: (await load.exports()).ExportsPage }));
const FinancePage = lazy(async () => ({ default: (await load.finance()).FinancePage }));
const HealthPage = lazy(async () => ({ default: (await load.health()).HealthPage }));
const ImportsPage = lazy(async () => ({ default: (await load.imports()).ImportsPage }));
const InspectorPage = lazy(async () => ({ default: (await load.inspector()).InspectorPage }));
const KeysPage = lazy(async () => ({ default: (await load.keys()).KeysPage }));
const ListPage = lazy(async () => ({ default: (await load.list()).ListPage }));
const LivePage = lazy(async () => ({ default: (await load.live()).LivePage }));
const MembersPage = lazy(async () => ({ default: (await load.members()).MembersPage }));
const OperatePage = lazy(async () => ({ default: (await load.operate()).OperatePage }));
const Overview = lazy(async () => ({ default: (await load.overview()).Overview }));
const PostbacksPage = lazy(async () => ({ default: (await load.postbacks()).PostbacksPage }));
const ReconcilePage = lazy(async () => ({ default: (await load.reconcile()).ReconcilePage }));
const SecurityPage = lazy(async () => ({ default: (await load.security()).SecurityPage }));
const SendTimesPage = lazy(async () => ({ default: (await load['send-times']()).SendTimesPage }));
const ShortenPage = lazy(async () => ({ default: (await load.shorten()).ShortenPage }));
const StartPage = lazy(async () => ({ default: (await load.start()).StartPage }));
const TracePage = lazy(async () => ({ default: (await load.trace()).TracePage }));
const UnattributedPage = lazy(async () => ({ default: (await load.unattributed()).UnattributedPage }));
const ViewPage = lazy(async () => ({ default: (await load.view()).ViewPage }));
const ViewsPage = lazy(async () => ({ default: (await load.views()).ViewsPage }));
const WebhookPage = lazy(async () => ({ default: (await load.webhook()).WebhookPage }));
const WebhooksPage = lazy(async () => ({ default: (await load.webhooks()).WebhooksPage }));

const isOwner = (who: Known): boolean => who.kind === 'member' && who.role === 'owner';

/** In place of the id of something that is yet to be made. */
const NEW = 'new';

/** The account of somebody who may change it; undefined for who may only look. */
export const accountToChange = (who: Known): Account | undefined =>
  who.kind === 'member' && who.role !== 'viewer' ? (who.account ?? undefined) : undefined;

interface Place {
  first: string;
  id: string;
  inside: string;
}

function placeOf(path: string): Place {
  const [, first = '', id = '', inside = ''] = path.split('/');
  return { first, id: decodeURIComponent(id), inside };
}

/** In place of an id, or behind it. */
const INSIDE: Record<string, keyof typeof load> = { [NEW]: 'create', edit: 'change', postbacks: 'postbacks' };

/** The pages about money, behind /finance. */
const MONEY: Record<string, keyof typeof load> = {
  unattributed: 'unattributed',
  postbacks: 'inspector',
  reconcile: 'reconcile',
};

/** The page of one thing of a list. */
const ONE_OF: Record<string, keyof typeof load> = {
  audiences: 'audience',
  domains: 'domain',
  exports: 'export',
  views: 'view',
  webhooks: 'webhook',
};

/** The chunk of an address; undefined where it has none. */
function chunkOf({ first, id, inside }: Place): keyof typeof load | undefined {
  if (first === '') return 'overview';
  if (first === 'links' && id === NEW) return 'shorten';
  if (isEntityKind(first)) return id === '' ? 'list' : (INSIDE[id] ?? INSIDE[inside] ?? 'entity');
  if (id !== '' && first === 'finance') return MONEY[id];
  if (id !== '' && Object.hasOwn(ONE_OF, first)) return ONE_OF[first];
  return Object.hasOwn(load, first) ? (first as keyof typeof load) : undefined;
}

/** Fetches the chunk of an address that will likely be opened next; safe to repeat. */
export function fetchAhead(path: string): void {
  const chunk = chunkOf(placeOf(path));
  // What fails here fails again, and is told, when the page is opened.
  if (chunk !== undefined) load[chunk]().catch(() => {});
}

export interface PageProps {
  who: Known;
  path: string;
  /** The session is another one now. */
  changed: () => void;
}

/** A page of the settings has their tabs above it. */
export function Page(props: PageProps): JSX.Element {
  const tabs = tabsFor(props.who);
  const { first } = placeOf(props.path);
  if (!tabs.some(([path]) => path === `/${first}`)) return <View {...props} />;
  return (
    <div>
      <SettingsTabs tabs={tabs} />
      <View {...props} />
    </div>
  );
}

function View({ who, path, changed }: PageProps): JSX.Element {
  const place = placeOf(path);
  const account = accountToChange(who);
  if (who.kind === 'operator') return operatorPage(place.first);
  if (isEntityKind(place.first)) return entityPage(place.first, place, who, path);
  switch (chunkOf(place)) {
    case 'overview':
      return <Overview may_change={account !== undefined} />;
    case 'finance':
      return <FinancePage />;
    case 'live':
      return <LivePage />;
    case 'trace':
      return <TracePage />;
    case 'audit':
      return <AuditPage admin={false} />;
    case 'annotations':
      return <AnnotationsPage may_change={account !== undefined} />;
    case 'audiences':
      return <AudiencesPage may_change={account !== undefined} />;
    case 'audience':
      return <AudiencePage id={place.id} account={account} key={path} />;
    case 'imports':
      return <ImportsPage may_change={account !== undefined} />;
    case 'inspector':
      return <InspectorPage who={who} />;
    case 'reconcile':
      return <ReconcilePage id={place.inside} who={who} key={path} />;
    case 'unattributed':
      return <UnattributedPage />;
    case 'health':
      return <HealthPage />;
    case 'members':
      return <MembersPage />;
    case 'compare':
      return <ComparePage />;
    case 'domain':
      if (place.id !== '') return <DomainPage domain={place.id} key={path} />;
      break;
    case 'domains':
      return <DomainsPage may_change={account !== undefined} />;
    case 'account':
      return <AccountPage changed={changed} />;
    case 'bot-rules':
      return <BotRulesPage />;
    case 'bots':
      return <BotsPage may_rule={isOwner(who)} />;
    case 'clicks':
      return <ClicksPage />;
    case 'cohorts':
      return <CohortsPage />;
    case 'explore':
      return <ExplorePage may_start={account !== undefined} />;
    case 'export':
      if (place.id !== '') return <ExportPage id={place.id} key={path} />;
      break;
    case 'exports':
      return <ExportsPage />;
    case 'send-times':
      return <SendTimesPage />;
    case 'keys':
      return <KeysPage />;
    case 'start':
      if (account !== undefined) return <StartPage account={account} />;
      break;
    case 'view':
      return <ViewPage id={place.id} may_change={account !== undefined} key={path} />;
    case 'views':
      return <ViewsPage may_change={account !== undefined} />;
    case 'webhook':
      return <WebhookPage id={place.id} may_change={account !== undefined} key={path} />;
    case 'webhooks':
      return <WebhooksPage may_change={account !== undefined} />;
    case 'security':
      if (who.kind === 'member') return <SecurityPage me={who} changed={changed} />;
  }
  return <p>{t.shared.no_such_page}</p>;
}

function operatorPage(first: string): JSX.Element {
  if (first === 'audit') return <AuditPage admin />;
  return first === '' || first === 'health' ? <HealthPage /> : <OperatePage name={first} key={first} />;
}

/** A list, one of its things, or what belongs to that. */
function entityPage(kind: EntityKind, { id, inside }: Place, who: Known, path: string): JSX.Element {
  const account = accountToChange(who);
  if (id === '') return <ListPage kind={kind} key={kind} may_change={account !== undefined} />;
  if (id === NEW && isDefined(kind) && account !== undefined)
    return <CreatePage kind={kind} account={account} key={path} />;
  if (id === NEW && kind === 'links' && account !== undefined) return <ShortenPage account={account} />;
  if (inside === 'edit' && isDefined(kind) && account !== undefined)
    return <ChangePage kind={kind} id={id} account={account} key={path} />;
  if (kind === 'offers' && inside === 'postbacks') return <PostbacksPage id={id} who={who} key={path} />;
  return (
    <EntityPage kind={kind} id={id} key={path} may_change={account !== undefined} may_audit={isOwner(who)} />
  );
}
