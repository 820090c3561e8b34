/**
 * What a browser sees at an address of the API's listener that has nothing: the dashboard's look, and the ways back. Its
 * style is the dashboard's own file, so it needs no server. Pure.
 */
import { htmlText } from '../platform/plain-page.ts';

export const NOT_FOUND_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
} as const;

/** Whether a request asks as a browser does that opens a page; a script gets JSON. */
export function asksForPage(method: string, path: string, accept: string | undefined): boolean {
  return (
    (method === 'GET' || method === 'HEAD') && !/^\/v\d\//.test(path) && /\btext\/html\b/i.test(accept ?? '')
  );
}

/** `styles` are paths below /assets/. */
export function notFoundPage(message: string, styles: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Page not found · Trackly Links</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${styles.map((name) => `<link rel="stylesheet" href="/assets/${name}">`).join('\n')}
</head>
<body>
<main class="alone">
<h1>Page not found</h1>
<p>${htmlText(message)}</p>
<p><a href="/">Dashboard</a> · <a href="/guides">Guides</a> · <a href="/docs">API</a></p>
</main>
</body>
</html>
`;
}
