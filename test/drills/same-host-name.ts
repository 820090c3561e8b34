/** Two machines of one host name, as two virtual machines of one image: each one's metrics count, none replaces the other's. */
import type { Drill } from '../support/drills/drill.ts';

const LOOKS_S = 30;

export const sameHostName: Drill = {
  name: 'same-host-name',
  about: 'two redirect roles on machines of one host name',
  needs_root: true,
  async run(stage) {
    const place = { host_name: 'debian' };
    await stage.open({ redirects: 2, of: { 'redirect-1': { place }, 'redirect-2': { place } } });
    await stage.wait(LOOKS_S);
    await expectTapsSeen(stage);
    const [running] = await stage.monitoring.ask('max(trackly_processes{role="redirect"})');
    if (running?.value !== 2) throw new Error(`trackly_processes says ${running?.value} redirect processes`);
  },
};

/** In a minute of Prometheus, as many taps as people made: neither half of them, nor twice as many. */
export async function expectTapsSeen(stage: Parameters<Drill['run']>[0]): Promise<void> {
  const rate = 'sum(rate(trackly_redirect_requests_total{outcome="redirected"}[20s]))';
  const [seen] = await stage.monitoring.ask(rate);
  const made = stage.taps_per_second;
  stage.see(`Prometheus counts ${(seen?.value ?? 0).toFixed(1)} taps a second of ${made}`);
  if (Math.abs((seen?.value ?? 0) - made) > made / 4) {
    throw new Error(`Prometheus counts ${seen?.value} taps a second, people make ${made}`);
  }
}
