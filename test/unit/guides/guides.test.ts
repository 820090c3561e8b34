/** /guides as the API serves it: every page, without a key, with links that lead somewhere. */
import Fastify from 'fastify';
import { afterAll, expect, it } from 'vitest';
import type { Api } from '../../../src/api/http/context.ts';
import { guideRoutes } from '../../../src/api/routes/guides.ts';
import { openGuides, servedLink } from '../../../src/guides/guides.ts';

const app = Fastify();
guideRoutes(app as unknown as Api);
afterAll(() => app.close());

const { names } = openGuides();
const PATHS = ['/guides', ...names.map((name) => `/guides/${name}`)];
const hrefsOf = (html: string): string[] =>
  [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);

it('serves every page with a policy that lets nothing run', async () => {
  expect(PATHS.length).toBeGreaterThan(15);
  for (const path of PATHS) {
    const { statusCode, headers, body } = await app.inject(path);
    expect(statusCode, path).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body, path).toMatch(/<h1 id="[\w-]+">/);
    expect(body, path).not.toMatch(/<script|style="| on\w+="/);
  }
});

it('leads from page to page, to anchors that are there', async () => {
  const pages = new Map<string, string>();
  for (const path of PATHS) pages.set(path, (await app.inject(path)).body);
  const dead = PATHS.flatMap((path) =>
    hrefsOf(pages.get(path) ?? '')
      .filter((href) => {
        if (/^https?:/.test(href) || ['/', '/docs', '/schema'].includes(href)) return false;
        const [target = '', anchor] = href.split('#');
        const page = pages.get(target === '' ? path : target);
        return page === undefined || (anchor !== undefined && !page.includes(`id="${anchor}"`));
      })
      .map((href) => `${path}: ${href}`),
  );
  expect(dead).toEqual([]);
});

it('reaches every page from the index', async () => {
  const hrefs = hrefsOf((await app.inject('/guides')).body);
  expect(names.filter((name) => !hrefs.includes(`/guides/${name}`))).toEqual([]);
});

it('answers 404 for what is no page', async () => {
  for (const name of ['nothing', 'README.md', '..%2fconfig', '..%2f..%2fREADME', 'guides.ts']) {
    expect((await app.inject(`/guides/${name}`)).statusCode, name).toBeGreaterThanOrEqual(404);
  }
});

it('rewrites links between guides only', () => {
  expect(servedLink('bots.md#own-rules', ['bots'])).toEqual({ href: '/guides/bots#own-rules' });
  expect(servedLink('README.md', ['README'])).toEqual({ href: '/guides' });
  expect(servedLink('#here', [])).toEqual({ href: '#here' });
  expect(servedLink('https://www.nro.net', [])).toEqual({ href: 'https://www.nro.net' });
  expect(servedLink('../config.ts', ['config'])).toEqual({ path: 'src/config.ts' });
  expect(servedLink('../../deploy/RUNBOOK.md#alarms', ['README'])).toEqual({ path: 'deploy/RUNBOOK.md' });
});
