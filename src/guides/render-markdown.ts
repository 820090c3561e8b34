/**
 * Renders the guides' Markdown as HTML: tables that scroll on a phone, headings with the same anchors as on GitHub,
 * links rewritten by the caller. HTML in the Markdown is shown as text, so it cannot add elements to a page. Pure.
 */
import { Marked, type Tokens } from 'marked';
import { htmlText } from '../platform/plain-page.ts';

/**
 * The result of rewriting a link: a link to `href` or, if its target is not served, the target's `path` in the
 * checkout.
 */
export type LinkTarget = { href: string } | { path: string };

/** Deterministic; the first-level heading is included. */
export function renderMarkdown(text: string, targetOf: (href: string) => LinkTarget): string {
  const anchorOf = createAnchors();
  const markdown = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => htmlText(text),
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${htmlText(anchorOf(text))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, text, tokens }) {
        const target = targetOf(href);
        const inner = this.parser.parseInline(tokens);
        if ('href' in target) return `<a href="${htmlText(target.href)}">${inner}</a>`;
        const path = `<code>${htmlText(target.path)}</code>`;
        return target.path.endsWith(text) ? path : `${inner} (${path})`;
      },
      image: ({ text }) => htmlText(text),
      table(token) {
        return tableOf(token, (cell) => this.parser.parseInline(cell.tokens));
      },
      code: ({ text }) => `<pre tabindex="0"><code>${htmlText(text)}</code></pre>\n`,
    },
  });
  return markdown.parse(text, { async: false });
}

/** A table that can be scrolled by keyboard if it is wider than the page. */
function tableOf({ header, rows }: Tokens.Table, inline: (cell: Tokens.TableCell) => string): string {
  const heads = header.map((cell) => `<th scope="col">${inline(cell)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${inline(cell)}</td>`).join('')}</tr>`);
  const label = htmlText(header.map(({ text }) => text.replaceAll('`', '')).join(', '));
  return `<div class="wide" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${heads}</tr></thead>
<tbody>${body.join('\n')}</tbody></table></div>
`;
}

/** A function that returns each heading's anchor like GitHub: a repeated heading gets -1, -2 … */
export function createAnchors(): (heading: string) => string {
  const seen = new Map<string, number>();
  return (heading) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  };
}
