import { expect, it } from 'vitest';
import { GONE_REASONS } from '../../../src/links/destination.ts';
import { CONVERSION_OUTCOMES, TAP_OUTCOMES } from '../../../src/redirect/outcomes.ts';
import { createRedirectMetrics, type RedirectSources } from '../../../src/redirect/redirect-metrics.ts';

const sources = {
  lookup: { links: { hits: 3, misses: 1, size: 2 } },
  reader: { keys_read: 4 },
  clickLog: {
    appended: 5,
    entries: 1,
    retries: 0,
    spooled: 0,
    refused: 0,
    waiting: 7,
    spool_bytes: 0,
    spool_bytes_max: 4_096,
  },
  archive: undefined,
  caps: { counts: { admitted: 0, refused: 0, unasked: 0 } },
} as unknown as RedirectSources;

it('shows a counter for every value of the closed lists, from 0 on', async () => {
  const lines = (await createRedirectMetrics(sources).registry.metrics()).split('\n');
  for (const outcome of TAP_OUTCOMES) {
    expect(lines).toContain(`trackly_redirect_requests_total{outcome="${outcome}"} 0`);
  }
  for (const reason of GONE_REASONS) {
    expect(lines).toContain(`trackly_links_gone_total{reason="${reason}",answer="page"} 0`);
    expect(lines).toContain(`trackly_links_gone_total{reason="${reason}",answer="fallback"} 0`);
  }
  for (const outcome of CONVERSION_OUTCOMES) {
    expect(lines).toContain(`trackly_conversions_received_total{outcome="${outcome}"} 0`);
  }
});

it('reads what was counted when it is looked at', async () => {
  const metrics = createRedirectMetrics(sources);
  metrics.taps.redirected += 2;
  metrics.taps.gone++;
  metrics.gone.expired.page++;
  metrics.lost++;
  metrics.latency.observe(2);
  for (let looked = 0; looked < 2; looked++) {
    const lines = (await metrics.registry.metrics()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'trackly_redirect_requests_total{outcome="redirected"} 2',
        'trackly_links_gone_total{reason="expired",answer="page"} 1',
        'trackly_clicks_lost_total 1',
        'trackly_clicks_logged_total 5',
        'trackly_clicks_waiting 7',
        'trackly_redirect_seconds_count 1',
      ]),
    );
  }
});
