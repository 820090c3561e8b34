/** The project's documents as tests read them: which there are, their links, anchors and code blocks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAnchors } from '../../src/guides/render-markdown.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const GUIDES = 'src/guides';
const INDEX = join(GUIDES, 'README.md');

export interface Block {
  /** Path of the document below the checkout. */
  file: string;
  language: string;
  text: string;
}

export const readDocument = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Every Markdown file below `folder`, or in it alone. */
export function markdownIn(folder: string, recursive = true): string[] {
  return readdirSync(join(ROOT, folder), { recursive, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file))
    .toSorted();
}

/** The README and the guides, in the order in which the index names them: that of a reader. */
export function readingOrder(): string[] {
  const pages = linksOf(readDocument(INDEX)).filter((href) => /^[\w-]+\.md$/.test(href));
  return ['README.md', INDEX, ...pages.map((page) => join(GUIDES, page))];
}

/** Fenced code, in order. */
export function blocksOf(file: string): Block[] {
  return [...readDocument(file).matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    file,
    language,
    text,
  }));
}

/** `text` without fenced and inline code, in which nothing is a link or a heading. */
const proseOf = (text: string): string => text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');

/** Where its links lead to, as they stand there. */
export function linksOf(text: string): string[] {
  return [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, href = '']) => href);
}

/** The anchors of its headings. */
export function anchorsOf(text: string): string[] {
  const anchorOf = createAnchors();
  return [...text.replace(/^```.*?^```$/gms, '').matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  );
}
