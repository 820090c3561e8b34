/** The HTML of the console's only page before its script runs, and its Content-Security-Policy. Pure. */
import type { Parts } from './assets.ts';

/** Own files only: nothing inline, nothing evaluated, nothing from elsewhere, in no frame. `data:` is a QR code. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** `shared`: a page that no search engine keeps. */
export function shellOf({ script, styles, soon }: Parts, kind: 'own' | 'shared' = 'own'): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${kind === 'shared' ? '<meta name="robots" content="noindex, nofollow, noarchive">\n' : ''}<title>Trackly Links</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${styles.map((name) => `<link rel="stylesheet" href="/assets/${name}">`).join('\n')}
${soon.map((name) => `<link rel="modulepreload" href="/assets/${name}">`).join('\n')}
<script type="module" src="/assets/${script}"></script>
</head>
<body>
<div id="app"><p class="loading" role="status">Loading …</p></div>
<noscript><p class="loading">This page needs JavaScript. Everything that it shows can be had from the API: see /docs.</p></noscript>
</body>
</html>
`;
}
