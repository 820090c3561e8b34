/**
 * Serves the guides: each Markdown file in this folder is a page, README.md is the index, deploy/RUNBOOK.md is one too,
 * and the record of processing is made from the schema. Links between guides work in the files and, rewritten, in the
 * served pages. A page is rendered at its first request and cached; the number of
 * files bounds the cache. Everything is on the local disk, so no server is needed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { plainPage } from '../platform/plain-page.ts';
import { recordOfProcessing } from '../privacy/record-of-processing.ts';
import { createAnchors, type LinkTarget, renderMarkdown } from './render-markdown.ts';

const FOLDER = import.meta.dirname;
/** The same folder, relative to the checkout. */
const PLACE = 'src/guides';
const INDEX = 'README';
const RUNBOOK = 'runbook';
const RUNBOOK_FILE = join(FOLDER, '../../deploy/RUNBOOK.md');
const RUNBOOK_PLACE = 'deploy';
/** Pages that are made, not written. */
const MADE: Readonly<Record<string, () => string>> = { 'record-of-processing': recordOfProcessing };
/** The path at which the API serves them. */
export const GUIDES_PATH = '/guides';

/** The page of a heading of the runbook. */
export const helpOf = (heading: string): string => `${GUIDES_PATH}/${RUNBOOK}#${heading}`;

export interface Guides {
  /** Names of the pages, without the index. */
  names: readonly string[];
  /** The page `name` as HTML; without a name, the index. Undefined if there is no such page. */
  page(name?: string): string | undefined;
  /** The page `name` as its Markdown; undefined if there is no such page. */
  text(name: string): string | undefined;
  /** What there is to look up: every page with its headings. */
  contents(): GuideContents[];
}

export interface GuideContents {
  href: string;
  title: string;
  headings: { href: string; text: string }[];
}

/** Lists the folder; throws if it cannot be read. */
export function openGuides(): Guides {
  const written = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.md'))
    .map((file) => file.slice(0, -'.md'.length));
  const runbook = existsSync(RUNBOOK_FILE) ? [RUNBOOK] : [];
  const files = [...written, ...runbook, ...Object.keys(MADE)];
  const rendered = new Map<string, string>();
  return {
    names: files.filter((name) => name !== INDEX),
    page(name = INDEX) {
      if (!files.includes(name)) return undefined;
      const page = rendered.get(name) ?? renderGuide(name, files);
      rendered.set(name, page);
      return page;
    },
    text: (name) => (files.includes(name) ? textOf(name) : undefined),
    contents: () =>
      files
        .filter((name) => name !== INDEX)
        .map((name) => contentsOf(`${GUIDES_PATH}/${name}`, textOf(name))),
  };
}

/** The Markdown of a page. */
function textOf(name: string): string {
  if (name === RUNBOOK) return readFileSync(RUNBOOK_FILE, 'utf8');
  return MADE[name]?.() ?? readFileSync(join(FOLDER, `${name}.md`), 'utf8');
}

const titleOf = (text: string, name: string): string => /^# (.+)$/m.exec(text)?.[1] ?? name;
const plain = (heading: string): string =>
  heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '');

function contentsOf(href: string, text: string): GuideContents {
  const anchorOf = createAnchors();
  const found = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^(#{1,4}) (.+)$/gm)];
  const headings = found.map(([, level = '', heading = '']) => ({
    ...{ level, text: plain(heading), href: `${href}#${anchorOf(heading)}` },
  }));
  return {
    href,
    title: titleOf(text, href),
    headings: headings.filter(({ level }) => level !== '#').map(({ level: _, ...heading }) => heading),
  };
}

/** What the runbook says under the heading of an alarm: what it means, and what to do; '' where it is not installed. */
export function readRunbook(): (alarm: string) => { means: string; todo: string } {
  const text = existsSync(RUNBOOK_FILE) ? readFileSync(RUNBOOK_FILE, 'utf8') : '';
  const sections = new Map(
    text.split(/^#{1,4} /m).map((section) => {
      const [heading = '', ...parts] = section
        .split(/\n\s*\n/)
        .map((part) => plain(part.trim()))
        .filter((part) => part !== '');
      return [heading, parts] as const;
    }),
  );
  return (alarm) => {
    const [means = '', ...todo] = sections.get(alarm) ?? [];
    return { means, todo: todo.join('\n\n') };
  };
}

function renderGuide(name: string, files: readonly string[]): string {
  const text = textOf(name);
  const title = titleOf(text, name);
  const index = name === INDEX ? '' : `<a href="${GUIDES_PATH}">All guides</a> · `;
  return plainPage({
    title: `${title} · Trackly Links`,
    header: `<nav aria-label="Guides">${index}<a href="/">Dashboard</a> · <a href="/docs">API</a> · <a href="/schema">Tables and views</a></nav>`,
    main: renderMarkdown(text, (href) => servedLink(href, files, name === RUNBOOK ? RUNBOOK_PLACE : PLACE)),
  });
}

/**
 * `bots.md#own-rules` → `/guides/bots#own-rules`. Addresses and anchors stay. Files outside the guides are not served,
 * but for the runbook: `../config.ts` is shown as `src/config.ts`. `place` is the folder that the link is in.
 */
export function servedLink(href: string, files: readonly string[], place = PLACE): LinkTarget {
  if (/^(https?:|#|\/)/.test(href)) return { href };
  const [path = '', fragment] = href.split('#');
  const target = posix.join(place, path);
  const anchor = fragment === undefined ? '' : `#${fragment}`;
  const [, guide = ''] = /^src\/guides\/([\w-]+)\.md$/.exec(target) ?? [];
  const name = target === `${RUNBOOK_PLACE}/RUNBOOK.md` ? RUNBOOK : guide;
  if (!files.includes(name)) return { path: target };
  return { href: `${name === INDEX ? GUIDES_PATH : `${GUIDES_PATH}/${name}`}${anchor}` };
}
