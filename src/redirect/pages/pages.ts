/**
 * The small pages of the public listener: plain HTML, no script, nothing loaded from elsewhere. Of the request nothing is
 * repeated in them but the query of one that opens the link again, escaped.
 */

export interface Page {
  status: string;
  body: string;
  retry_after_s?: number;
  /** What the path takes, where the method is not one of it. */
  allow?: string;
  /** Content policy, where it is not the small pages' own. */
  policy?: string;
}

export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

export const PAGE_HEADERS: readonly [string, string][] = [
  ['Content-Type', 'text/html; charset=utf-8'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
];

/** Text for HTML, in an attribute or outside. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

function html(title: string, text: string, head = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">${head}<title>${title}</title>
<style>body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;background:#fff;color:#222}main{max-width:26rem;padding:1.5rem;text-align:center}h1{font-size:1.4rem}@media(prefers-color-scheme:dark){body{background:#181a1b;color:#eee}}</style>
</head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>
`;
}

export const NOT_FOUND: Page = {
  status: '404 Not Found',
  body: html('This link does not exist', 'Check that the whole address was copied from the message.'),
};

/** In place of NOT_FOUND, to an address that asked for many links that do not exist. */
export const tooManyUnknownPage = (retry_after_s: number): Page => ({
  status: '429 Too Many Requests',
  retry_after_s,
  body: html(
    'This link does not exist',
    'Check that the whole address was copied from the message. Many links that do not exist were asked for from your network.',
  ),
});

/** What `/` of a domain shows that leads nowhere. */
export const HOME: Page = {
  status: '200 OK',
  body: html('Links from text messages', 'Open the whole address as it is in your message.'),
};

export const GONE: Page = {
  status: '410 Gone',
  body: html('This link is no longer active', 'What it led to has ended.'),
};

export const METHOD_NOT_ALLOWED: Page = {
  status: '405 Method Not Allowed',
  allow: 'GET, HEAD',
  body: html('This link can only be opened', 'Open it in a browser.'),
};

/** The last parameter with which the page below opens the link once more. */
export const AGAIN = 'again';

/**
 * Answered where a click can't be held or a link can't be read now; the page opens it again by itself, once, with what
 * the tap brought.
 */
export function tryAgainPage(query: string): Page {
  return query === '' ? TRY_AGAIN : pageThatOpens(`?${escapeHtml(query)}&amp;${AGAIN}`);
}

function pageThatOpens(address: string): Page {
  return {
    status: '503 Service Unavailable',
    retry_after_s: 2,
    body: html(
      'One moment',
      'This page opens by itself in two seconds.',
      `<meta http-equiv="refresh" content="2;url=${address}">`,
    ),
  };
}

const TRY_AGAIN = pageThatOpens(`?${AGAIN}`);

/** The same, after the page has done so. */
export const STILL_AWAY: Page = {
  status: '503 Service Unavailable',
  retry_after_s: 10,
  body: html('One moment', 'Open the link again in a little while.'),
};
