/** The text that an operator sees once everything runs: the addresses, the key, and one example that creates a link. */
import type { Config } from '../config.ts';

export function welcome(config: Config, admin_key: string, first_start: boolean): string {
  const api = `http://localhost:${config.api_port}`;
  return `
Trackly Links is ready.

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
}  admin key   ${admin_key}${first_start ? '   (made now; kept in the data folder)' : ''}
  data        ${config.data_dir}

Make a link (paste this into another terminal):

  KEY=$(curl -s ${api}/v2/accounts -H 'X-Api-Key: ${admin_key}' -H 'Content-Type: application/json' \\
    -d '{"name":"Example"}' | sed 's/.*"api_key":"\\([^"]*\\)".*/\\1/')
  curl -s ${api}/v2/links/shorten -H "X-Api-Key: $KEY" -H 'Content-Type: application/json' \\
    -d '{"url":"https://example.com/?click={{click_id}}","contact_id":"me"}'

Ctrl-C stops everything.
`;
}
