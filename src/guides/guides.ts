/**
 * The guides: one Markdown file a page in this folder, README.md is their index. Links between them work as files
 * and, rewritten, as served pages. A page is rendered when it is first asked for and kept, so there are at most as
 * many as files. Everything is on the local disk: no server is needed to read them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { plainPage } from '../platform/plain-page.ts';
import { type LinkTarget, renderMarkdown } from './render-markdown.ts';

const FOLDER = import.meta.dirname;
/** The same below the checkout. */
const PLACE = 'src/guides';
const INDEX = 'README';
/** Where the API serves them. */
export const GUIDES_PATH = '/guides';

export interface Guides {
  /** Names of the pages, without the index. */
  names: readonly string[];
  /** The page `name` as HTML, without a name the index; undefined: there is no such page. */
  page(name?: string): string | undefined;
}

/** Lists the folder; throws where it cannot be read. */
export function openGuides(): Guides {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length));
  const rendered = new Map<string, string>();
  return {
    names: files.filter((name) => name !== INDEX),
    page(name = INDEX) {
      if (!files.includes(name)) return undefined;
      const page = rendered.get(name) ?? renderGuide(name, files);
      rendered.set(name, page);
      return page;
    },
  };
}

function renderGuide(name: string, files: readonly string[]): string {
  const text = readFileSync(join(FOLDER, `${name}.md`), 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1] ?? name;
  const index = name === INDEX ? '' : `<a href="${GUIDES_PATH}">All guides</a> · `;
  return plainPage({
    title: `${title} · Trackly Links`,
    header: `<nav aria-label="Guides">${index}<a href="/">Dashboard</a> · <a href="/docs">API</a> · <a href="/schema">Tables and views</a></nav>`,
    main: renderMarkdown(text, (href) => servedLink(href, files)),
  });
}

/**
 * `bots.md#own-rules` → `/guides/bots#own-rules`. Addresses and anchors stay. Files outside the guides are not served:
 * `../config.ts` is shown as `src/config.ts`.
 */
export function servedLink(href: string, files: readonly string[]): LinkTarget {
  if (/^(https?:|#|\/)/.test(href)) return { href };
  const [, name = '', anchor = ''] = /^([\w-]+)\.md(#.*)?$/.exec(href) ?? [];
  if (!files.includes(name)) return { path: posix.join(PLACE, href.replace(/#.*$/, '')) };
  return { href: `${name === INDEX ? GUIDES_PATH : `${GUIDES_PATH}/${name}`}${anchor}` };
}
