/**
 * Serves the guides: each Markdown file in this folder is a page, README.md is the index, and the record of processing is
 * made from the schema. Links between guides work
 * in the files and, rewritten, in the served pages. A page is rendered at its first request and cached; the number of
 * files bounds the cache. Everything is on the local disk, so no server is needed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { plainPage } from '../platform/plain-page.ts';
import { recordOfProcessing } from '../privacy/record-of-processing.ts';
import { type LinkTarget, renderMarkdown } from './render-markdown.ts';

const FOLDER = import.meta.dirname;
/** The same folder, relative to the checkout. */
const PLACE = 'src/guides';
const INDEX = 'README';
/** Pages that are made, not written. */
const MADE: Readonly<Record<string, () => string>> = { 'record-of-processing': recordOfProcessing };
/** The path at which the API serves them. */
export const GUIDES_PATH = '/guides';

export interface Guides {
  /** Names of the pages, without the index. */
  names: readonly string[];
  /** The page `name` as HTML; without a name, the index. Undefined if there is no such page. */
  page(name?: string): string | undefined;
}

/** Lists the folder; throws if it cannot be read. */
export function openGuides(): Guides {
  const written = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length));
  const files = [...written, ...Object.keys(MADE)];
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
  const text = MADE[name]?.() ?? readFileSync(join(FOLDER, `${name}.md`), 'utf8');
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
