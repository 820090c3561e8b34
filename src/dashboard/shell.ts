/** The HTML of the dashboard's only page before its script runs, and its Content-Security-Policy. Pure. */
import { createHash } from 'node:crypto';

export interface Shell {
  html: string;
  /** Content-Security-Policy: allows only own files, and the import map by its hash. */
  policy: string;
}

export function shellOf(import_map: string): Shell {
  const hash = createHash('sha256').update(import_map).digest('base64');
  return {
    policy: [
      "default-src 'none'",
      `script-src 'self' 'sha256-${hash}'`,
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Trackly Links</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/packages/uplot.css">
<link rel="stylesheet" href="/assets/style.css">
<script type="importmap">${import_map}</script>
<link rel="modulepreload" href="/assets/packages/preact.mjs">
<link rel="modulepreload" href="/assets/packages/preact-hooks.mjs">
<script type="module" src="/assets/main.ts"></script>
</head>
<body>
<div id="app"><p class="loading" role="status">Loading …</p></div>
<noscript><p class="loading">This page needs JavaScript. Everything that it shows can be had from the API: see /docs.</p></noscript>
</body>
</html>
`,
  };
}
