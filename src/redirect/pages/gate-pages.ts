/**
 * The pages that may stand between a tap and its destination: preview, interstitial, and the one for blocked
 * countries; and those of an opt-out link. Plain HTML in the account's colours, below PAGE_BYTES_MAX, no script and nothing loaded from
 * elsewhere. What is of the account, and of the tap's query, is escaped.
 */
import { createHash } from 'node:crypto';
import type { Brand } from '../../catalog/definitions.ts';
import { escapeHtml, type Page } from './pages.ts';

/** A page that opens at once on any phone network; a logo that would not fit is left out. */
export const PAGE_BYTES_MAX = 6_000;

export const DEFAULT_BRAND: Brand = { name: '', color: '#1a56db', logo: '' };

interface Style {
  text: string;
  /** For the content policy: this style and no other. */
  source: string;
}

const styles = new Map<string, Style>();
const STYLES_MAX = 1_000;

/** The button's text is black or white, whichever reads better on its colour (WCAG 2.2 relative luminance). */
function styleOf(color: string): Style {
  let style = styles.get(color);
  if (style === undefined) {
    const ink = luminance(color) > 0.179 ? '#000' : '#fff';
    const text = `*{box-sizing:border-box}body{font:1.125rem/1.5 system-ui,sans-serif;margin:0;min-height:100vh;min-height:100svh;display:grid;place-items:center;background:#fff;color:#1f2328}main{width:100%;max-width:26rem;padding:1.5rem;text-align:center}img{max-width:12rem;max-height:5rem;margin-bottom:1rem}h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem;overflow-wrap:anywhere}p{margin:0 0 1.5rem}a,button{display:block;width:100%;min-height:3.25rem;padding:.85rem 1rem;border:0;border-radius:.75rem;background:${color};color:${ink};font:inherit;font-weight:600;text-decoration:none;cursor:pointer;overflow-wrap:anywhere}a:focus-visible,button:focus-visible{outline:3px solid currentColor;outline-offset:3px;outline-color:#1f2328}@media(prefers-color-scheme:dark){body{background:#16181a;color:#eceff1}a:focus-visible,button:focus-visible{outline-color:#eceff1}}`;
    style = { text, source: `'sha256-${createHash('sha256').update(text).digest('base64')}'` };
    if (styles.size >= STYLES_MAX) styles.clear();
    styles.set(color, style);
  }
  return style;
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function page(brand: Brand, status: string, title: string, body: string, head = ''): Page {
  const style = styleOf(brand.color);
  const html = (logo: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">${head}<title>${escapeHtml(title)}</title><style>${style.text}</style></head>
<body><main>${logo}<h1>${escapeHtml(title)}</h1>${body}</main></body></html>
`;
  const logo =
    brand.logo === '' ? '' : `<img src="${escapeHtml(brand.logo)}" alt="${escapeHtml(brand.name)}">`;
  const whole = html(logo);
  return {
    status,
    body: Buffer.byteLength(whole) < PAGE_BYTES_MAX ? whole : html(''),
    // Chromium holds a form's redirects to form-action too: the destination may be anywhere on the web.
    policy: `default-src 'none'; style-src ${style.source}; img-src data:; form-action 'self' https: http:; base-uri 'none'; frame-ancestors 'none'`,
  };
}

/**
 * Shown to a suspicious visitor: a person goes on with one tap, a script that fetches learns nothing. `path` is the
 * link's, with what the tap brought.
 */
export function previewPage(brand: Brand, destination_host: string, path: string, token: string): Page {
  return page(
    brand,
    '200 OK',
    `Continue to ${brand.name || destination_host}`,
    `<p>One tap and you are there.</p><form method="post" action="${escapeHtml(path)}"><input type="hidden" name="token" value="${token}"><button type="submit">Continue</button></form>`,
  );
}

/** `seconds` until it opens by itself; undefined waits for a tap. `location` is the filled destination. */
export function interstitialPage(
  brand: Brand,
  destination_host: string,
  location: string,
  seconds: number | undefined,
): Page {
  const name = brand.name || destination_host;
  const href = escapeHtml(location);
  return page(
    brand,
    '200 OK',
    seconds === undefined ? `Continue to ${name}` : `Taking you to ${name}`,
    seconds === undefined
      ? `<p>Tap to go on.</p><a href="${href}">Continue</a>`
      : `<p>This page opens by itself in ${seconds === 1 ? 'one second' : `${seconds} seconds`}.</p><a href="${href}">Continue now</a>`,
    seconds === undefined ? '' : `<meta http-equiv="refresh" content="${seconds};url=${href}">`,
  );
}

/** Asks before anything happens: a phone's preview and a scanner open the address too. `path` is the link's. */
export function optOutPage(brand: Brand, path: string, token: string): Page {
  return page(
    brand,
    '200 OK',
    `Stop messages from ${brand.name || 'this sender'}?`,
    `<p>You will get no more text messages.</p><form method="post" action="${escapeHtml(path)}"><input type="hidden" name="token" value="${token}"><button type="submit">Stop messages</button></form>`,
  );
}

export function optedOutPage(brand: Brand): Page {
  return page(
    brand,
    '200 OK',
    'Messages stopped',
    `<p>You will get no more text messages from ${escapeHtml(brand.name || 'this sender')}. You can close this page.</p>`,
  );
}

export function blockedPage(brand: Brand): Page {
  return page(
    brand,
    '403 Forbidden',
    'Not available in your country',
    '<p>What this link leads to is not offered where you are.</p>',
  );
}
