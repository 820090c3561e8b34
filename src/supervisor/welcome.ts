/**
 * The text that an operator sees once everything runs: the addresses, the key, and one example that creates a link. The
 * key itself is shown on a terminal only: journals and logs of containers are kept, copied and read by others.
 */
import { join } from 'node:path';
import type { Config } from '../config.ts';

export interface AdminKeyToShow {
  admin_key: string;
  first_start: boolean;
  /** Whether whoever reads this may see it. */
  shown: boolean;
}

export function welcome(config: Config, { admin_key, first_start, shown }: AdminKeyToShow): string {
  const api = `http://localhost:${config.api_port}`;
  const file = join(config.data_dir, 'admin.key');
  // One of the operator's own is in no file.
  const place = config.admin_key === undefined ? `in ${file}` : 'as ADMIN_KEY was set';
  const key_line = shown
    ? `${admin_key}${first_start ? '   (made now; kept in the data folder)' : ''}`
    : place;
  const by_hand = config.admin_key === undefined ? `$(cat '${file}')` : '$ADMIN_KEY';
  const header = shown ? `'X-Api-Key: ${admin_key}'` : `"X-Api-Key: ${by_hand}"`;
  return `
Trackly Links is ready.

  console     ${api}/          (to sign in: Use an API key to look)
  redirects   http://localhost:${config.redirect_port}
${
  config.tls_port === undefined
    ? ''
    : `  over TLS    https://<tracking domain>${config.tls_port === 443 ? '' : `:${config.tls_port}`}
`
}  API         ${api}          (${api}/docs to read it)
${
  config.analyst_port === undefined
    ? ''
    : `  SQL         http://localhost:${config.analyst_port}          (user: account_id, password: its API key)
`
}${
  config.metrics_port === undefined
    ? ''
    : `  metrics     http://localhost:${config.metrics_port}/metrics
`
}  admin key   ${key_line}
  data        ${config.data_dir}

See it with 30 days of made-up data: npm run demo (in another terminal; npm run demo -- remove takes it away).

Make a link (paste this into another terminal):

  KEY=$(curl -s ${api}/v2/accounts -H ${header} -H 'Content-Type: application/json' \\
    -d '{"name":"Example"}' | sed 's/.*"api_key":"\\([^"]*\\)".*/\\1/')
  curl -s ${api}/v2/links/shorten -H "X-Api-Key: $KEY" -H 'Content-Type: application/json' \\
    -d '{"url":"https://example.com/?click={{click_id}}","contact_id":"me"}'

Ctrl-C stops everything.
`;
}
