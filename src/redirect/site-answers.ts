/**
 * What a host answers beside its links: `/`, robots.txt and the files by which apps claim its links. None of it is a
 * click. With Redis and ClickHouse away a host that is not in memory answers as one without settings.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { accountKey } from '../catalog/definitions.ts';
import { isSuspended } from '../catalog/suspension.ts';
import type { AppFiles } from '../domains/domain.ts';
import { asciiUrl } from '../links/destination-template.ts';
import { writePage } from './answer.ts';
import { askedHost } from './asked-host.ts';
import { type Closing, endAnswer } from './end-answer.ts';
import type { Exchanges } from './exchange.ts';
import type { LinkLookup } from './link-lookup.ts';
import { HOME, NOT_FOUND, type Page } from './pages/pages.ts';
import { getAndHead, type Route } from './routes.ts';
import type { Site, Sites } from './sites.ts';

const NOTHING_CRAWLED = 'User-agent: *\nDisallow: /\n';
/** Apps and crawlers ask once a day or less; a change is to be seen within the hour. */
const FOR_AN_HOUR = 'public, max-age=3600';
const APP_FILES: [path: string, name: keyof AppFiles][] = [
  ['/.well-known/apple-app-site-association', 'apple-app-site-association'],
  ['/apple-app-site-association', 'apple-app-site-association'],
  ['/.well-known/assetlinks.json', 'assetlinks.json'],
];

type SiteAnswer =
  | { location: string }
  | { page: Page }
  | { type: 'text/plain; charset=utf-8' | 'application/json'; body: string };

export interface SiteSources {
  sites: Pick<Sites, 'peek' | 'load'>;
  accounts: Pick<LinkLookup['accounts'], 'load'>;
}

export function siteRoutes(exchanges: Exchanges, { sites, accounts }: SiteSources): Route[] {
  /** The site of a host; one without settings where its account is suspended. Never rejects. */
  async function loadSite(host: string): Promise<Site> {
    const site = await sites.load(host);
    if (site.kind !== 'domain') return site;
    const account = await accounts.load(accountKey(site.domain.account_id)).catch(() => null);
    return account !== null && isSuspended(account) ? { kind: 'unknown' } : site;
  }

  const answer = (path: string, compose: (site: Site) => SiteAnswer): Route[] => {
    const handle = (res: HttpResponse, req: HttpRequest): void => {
      const host = askedHost(req);
      const closing = exchanges.closingAfter(res, req);
      const head_only = req.getMethod() === 'head';
      const known = sites.peek(host);
      if (known !== undefined && known.kind !== 'domain') {
        exchanges.write(res, () => write(res, compose(known), closing, head_only));
        return;
      }
      let open = true;
      res.onAborted(() => {
        open = false;
      });
      void loadSite(host).then((site) => {
        if (open) exchanges.write(res, () => write(res, compose(site), closing, head_only));
      });
    };
    return getAndHead(path, handle);
  };

  return [
    ...answer('/', (site) =>
      site.kind === 'domain' && site.domain.root_url !== ''
        ? { location: asciiUrl(site.domain.root_url) }
        : { page: HOME },
    ),
    ...answer('/robots.txt', (site) => ({
      type: 'text/plain; charset=utf-8',
      body: (site.kind === 'domain' && site.domain.robots) || NOTHING_CRAWLED,
    })),
    ...APP_FILES.flatMap(([path, name]) =>
      answer(path, (site) => {
        const file = site.kind === 'domain' ? site.domain.app_files[name] : undefined;
        return file === undefined
          ? { page: NOT_FOUND }
          : { type: 'application/json', body: JSON.stringify(file) };
      }),
    ),
  ];
}

/** In the response's cork. */
function write(res: HttpResponse, answer: SiteAnswer, closing: Closing, head_only: boolean): void {
  if ('page' in answer) {
    writePage(res, answer.page, head_only, closing);
  } else if ('location' in answer) {
    res.writeStatus('302 Found').writeHeader('Location', answer.location);
    res.writeHeader('Cache-Control', 'no-store');
    endAnswer(res, '', closing, head_only);
  } else {
    res.writeHeader('Content-Type', answer.type).writeHeader('Cache-Control', FOR_AN_HOUR);
    res.writeHeader('X-Content-Type-Options', 'nosniff');
    endAnswer(res, answer.body, closing, head_only);
  }
}
