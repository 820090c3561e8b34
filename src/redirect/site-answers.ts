/**
 * What a host answers beside its links: `/`, robots.txt and the files by which apps claim its links. None of it is a
 * click. With Redis and ClickHouse away a host that is not in memory answers as one without settings.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { AppFiles } from '../domains/domain.ts';
import { asciiUrl } from '../links/destination-template.ts';
import { askedHost } from './asked-host.ts';
import type { Exchanges } from './exchange.ts';
import { HOME, NOT_FOUND, PAGE_HEADERS, PAGE_POLICY, type Page } from './pages/pages.ts';
import type { Route } from './routes.ts';
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

export function siteRoutes(exchanges: Exchanges, sites: Sites): Route[] {
  const answer = (path: string, compose: (site: Site) => SiteAnswer): Route[] => [
    ['get', path, (res, req) => serve(res, req, false, compose)],
    ['head', path, (res, req) => serve(res, req, true, compose)],
  ];

  function serve(
    res: HttpResponse,
    req: HttpRequest,
    head_only: boolean,
    compose: (site: Site) => SiteAnswer,
  ): void {
    const host = askedHost(req);
    let open = true;
    res.onAborted(() => {
      open = false;
    });
    const known = sites.peek(host);
    if (known !== undefined) {
      write(res, compose(known), head_only, exchanges.closes(res));
      return;
    }
    void sites.load(host).then((site) => {
      if (open) write(res, compose(site), head_only, exchanges.closes(res));
    });
  }

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

function write(res: HttpResponse, answer: SiteAnswer, head_only: boolean, closing: boolean): void {
  // After a length without its body uWebSockets.js takes no other request on the connection.
  const close = closing || head_only;
  res.cork(() => {
    if ('location' in answer) {
      res.writeStatus('302 Found').writeHeader('Location', answer.location);
      res.writeHeader('Cache-Control', 'no-store');
    } else if ('page' in answer) {
      res.writeStatus(answer.page.status);
      for (const [name, value] of PAGE_HEADERS) res.writeHeader(name, value);
      res.writeHeader('Content-Security-Policy', PAGE_POLICY).writeHeader('Cache-Control', 'no-store');
    } else {
      res.writeHeader('Content-Type', answer.type).writeHeader('Cache-Control', FOR_AN_HOUR);
      res.writeHeader('X-Content-Type-Options', 'nosniff');
    }
    if (close) res.writeHeader('Connection', 'close');
    const body = 'location' in answer ? '' : 'page' in answer ? answer.page.body : answer.body;
    if (head_only) res.endWithoutBody(Buffer.byteLength(body), true);
    else res.end(body, close);
  });
}
