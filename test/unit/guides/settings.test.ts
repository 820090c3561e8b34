/** The guide's table of settings is what src/config.ts reads: names and defaults. */
import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { readDocument } from '../../support/documents.ts';

/** Set by the supervisor for its processes, not by people. */
const INTERNAL = ['TRACKLY_PROCESS', 'TRACKLY_LOG_FD', 'TRACKLY_PRIVATE_REDIS'];

/** Names that are asked for when the settings are read. */
function settingsRead(): string[] {
  const names = new Set<string>();
  const env = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get: (_env, name) => {
        names.add(String(name));
        return undefined;
      },
    },
  );
  readConfig(env);
  return [...names].filter((name) => !INTERNAL.includes(name)).toSorted();
}

/** Default by name, as the guide's table has it. */
function settingsInGuide(): Map<string, string> {
  const rows = readDocument('src/guides/settings.md').matchAll(/^\| `([A-Z_0-9]+)` +\| (.+?) +\|/gm);
  return new Map([...rows].map(([, name = '', value = '']) => [name, value.replaceAll('`', '')]));
}

it('names every setting, and none that there is not', () => {
  expect([...settingsInGuide().keys()].toSorted()).toEqual(settingsRead());
});

it('says each default as it is', () => {
  const guide = settingsInGuide();
  const config = readConfig({});
  const MB = 1_024 * 1_024;
  const defaults = {
    REDIRECT_PORT: config.redirect_port,
    REDIRECT_HOST: config.redirect_host,
    TLS_PORT: config.tls_port ?? 'unset',
    ACME_EMAIL: config.acme_email ?? 'unset',
    API_PORT: config.api_port,
    API_HOST: config.api_host,
    REDIS_URL: config.redis_url ?? 'unset',
    CLICKHOUSE_URL: config.clickhouse_url ?? 'unset',
    CLICKHOUSE_PORT: config.clickhouse_port,
    CLICKHOUSE_TCP_PORT: config.clickhouse_tcp_port ?? 'unset',
    ANALYST_PORT: config.analyst_port ?? 'unset',
    METRICS_PORT: config.metrics_port ?? 'unset',
    METRICS_HOST: config.metrics_host,
    TRUST_PROXY: config.trust_proxy,
    TRUST_PROXY_HEADER: config.trust_proxy_header,
    CLICK_ACK: config.click_ack,
    WHEN_FULL: config.when_full,
    LOG_MB: config.log_bytes_max / MB,
    SPOOL_MB: config.spool_bytes_max / MB,
    LINK_DAYS: config.link_days,
    LOG_LEVEL: config.log_level,
  };
  for (const [name, value] of Object.entries(defaults)) expect(guide.get(name), name).toBe(String(value));
});
