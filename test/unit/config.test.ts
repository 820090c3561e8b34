import { expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

it('has a default that works for every setting', () => {
  expect(readConfig({})).toMatchObject({
    redirect_port: 8080,
    api_port: 8081,
    redirect_host: '127.0.0.1',
    api_host: '127.0.0.1',
    redis_url: undefined,
    clickhouse_url: undefined,
    analyst_port: undefined,
    trust_proxy: 0,
    trust_proxy_header: 'x-forwarded-for',
    click_ack: 'durable',
    log_level: 'info',
  });
});

it.each([
  ['REDIRECT_PORT', 'http'],
  ['API_PORT', '70000'],
  ['API_PORT', '8080'],
  ['ANALYST_PORT', '8081'],
  ['ANALYST_PORT', 'off'],
  ['METRICS_PORT', '8080'],
  ['TLS_PORT', '8080'],
  ['ACME_DIRECTORY', 'http://ca.example/directory'],
  ['ACME_EMAIL', 'ops'],
  ['REDIRECT_PROCESSES', '0'],
  ['REDIRECT_HOST', 'localhost'],
  ['TRUST_PROXY', '-1'],
  ['TRUST_PROXY_HEADER', 'x-real-ip'],
  ['TRUST_PROXY_HEADER', 'forwarded'],
  ['CLICK_ACK', 'maybe'],
  ['LOG_LEVEL', 'loud'],
  ['REDIS_URL', 'localhost:6379'],
  ['CLICKHOUSE_URL', 'clickhouse:8123'],
  ['ADMIN_KEY', 'secret'],
  ['OIDC_ISSUER', 'https://id.example'],
  ['OIDC_CLIENT_SECRET', 'secret'],
  ['SMTP_URL', 'mail.example:587'],
  ['SMTP_FROM', 'reports@example.com'],
  ['CONSOLE_URL', 'trackly.example'],
  ['ALLOW_PRIVATE_ENDPOINTS', 'yes'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'token'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '10'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '2'],
])('names %s when it is "%s"', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

it('refuses two proxies in front with a protocol that carries one address', () => {
  const env = { TRUST_PROXY: '2', TRUST_PROXY_HEADER: 'proxy-protocol' };
  expect(() => readConfig(env)).toThrow(/TRUST_PROXY .* 1/);
  expect(readConfig({ ...env, TRUST_PROXY: '1' }).trust_proxy_header).toBe('proxy-protocol');
});

it('does not repeat an address that may hold a password', () => {
  expect(() => readConfig({ REDIS_URL: 'http://:hunter2@x' })).toThrow(/^(?!.*hunter2)/);
});

it('takes a mail server only with a sender and an address of the console', () => {
  const env = {
    SMTP_URL: 'smtp://u:hunter2@mail',
    SMTP_FROM: 'R <r@example.com>',
    CONSOLE_URL: 'https://c/',
  };
  expect(readConfig(env).mail).toEqual({
    smtp_url: env.SMTP_URL,
    from: env.SMTP_FROM,
    console_url: 'https://c',
  });
  expect(() => readConfig({ ...env, SMTP_FROM: 'r@example.com\r\nBcc: x@example.com' })).toThrow(/SMTP_FROM/);
  expect(() => readConfig({ ...env, CONSOLE_URL: '' })).toThrow(/CONSOLE_URL/);
  expect(() => readConfig({ ...env, SMTP_URL: 'smtp://u:50%off@mail' })).toThrow(/^(?!.*off).*SMTP_URL.*%25/);
});

it('pushes nothing unless an endpoint is set, and takes no traces unless they are asked for', () => {
  expect(readConfig({ OTEL_TRACES_SAMPLER: 'always_on' }).telemetry).toBeUndefined();
  const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318';
  expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT }).telemetry).toEqual({
    ...{ endpoint: 'http://collector:4318', headers: {}, service_name: 'trackly', metrics_every_ms: 60_000 },
    traces: undefined,
  });
});

it.each([
  ['always_on', undefined, { ratio: 1, parent_based: false }],
  ['traceidratio', '0.01', { ratio: 0.01, parent_based: false }],
  ['parentbased_traceidratio', '0.01', { ratio: 0.01, parent_based: true }],
  ['parentbased_always_off', '0.5', { ratio: 0, parent_based: true }],
])('takes traces as %s %s says', (OTEL_TRACES_SAMPLER, share, expected) => {
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_TRACES_SAMPLER };
  const OTEL_TRACES_SAMPLER_ARG = share;
  expect(readConfig({ ...env, OTEL_TRACES_SAMPLER_ARG }).telemetry?.traces).toEqual(expected);
});

it('reads the headers for a collector, percent-encoded', () => {
  const { telemetry } = readConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc=, x-scope = one',
  });
  expect(telemetry?.headers).toEqual({ authorization: 'Basic abc=', 'x-scope': 'one' });
});
