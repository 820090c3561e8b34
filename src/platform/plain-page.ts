/**
 * A plain HTML page for reading, in light and dark, also for phones. It has no script and loads nothing, and its
 * Content-Security-Policy allows only its own style. Pure.
 */
import { createHash } from 'node:crypto';

const STYLE = `:root{color-scheme:light dark;--text:#1c1e21;--soft:#55595f;--line:#d9dce1;--back:#fff;--panel:#f5f6f8;--anchor:#0b57d0}
@media(prefers-color-scheme:dark){:root{--text:#e8eaed;--soft:#a9afb8;--line:#3a3f46;--back:#16181b;--panel:#1f2226;--anchor:#8ab4f8}}
body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:var(--back);color:var(--text)}
main,header{max-width:62rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem}h2{font-size:1.3rem;margin-top:2.5rem}h3{font-size:1.05rem;margin:2rem 0 .25rem}
p{margin:.25rem 0 .75rem}li{margin:.25rem 0}a{color:var(--anchor)}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem;margin-bottom:1rem}
caption{text-align:left;color:var(--soft);padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.85rem}
pre{background:var(--panel);padding:.75rem;overflow-x:auto;border-radius:.3rem}
nav ul{columns:16rem;padding-left:1.2rem;margin:.25rem 0}`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The headers that a plain page is served with. */
export const PLAIN_PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

export interface PlainPage {
  /** Plain text. */
  title: string;
  /** HTML above the content: heading, navigation. */
  header: string;
  /** HTML. */
  main: string;
}

export function plainPage({ title, header, main }: PlainPage): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${htmlText(title)}</title><style>${STYLE}</style></head>
<body><header><a class="skip" href="#content">To the content</a>${header}</header>
<main id="content">${main}</main></body></html>
`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** `words` as HTML, in text and in attributes between double quotes. */
export function htmlText(words: string): string {
  return words.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}
