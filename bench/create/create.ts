/**
 * How fast are messages created through one NDJSON request, and how much memory does the API need for it? Starts the
 * whole system and sends the request. See README.md beside this file.
 */

import { request } from 'node:http';
import { createCampaign, createSender } from '../../test/support/sender.ts';
import { type System, startSystem } from '../../test/support/system.ts';
import type { Bench } from '../bench.ts';
import { machine, memoryOf, watchCpu } from '../support/measure.ts';

const MESSAGES = 100_000;
const MESSAGES_QUICK = 20_000;
const SAMPLE_EVERY_MS = 100;

const apiMemoryMb = async (system: System): Promise<number> => memoryOf(await system.pid('api'));

/** `--messages 20000` */
export const bench: Bench = async ({ quick, options }) => {
  const messages = Number(options.messages ?? (quick ? MESSAGES_QUICK : MESSAGES));
  const system = await startSystem();
  try {
    const sender = await createSender(system);
    const { campaign_id, creative_ids } = await createCampaign(sender, 'Bench');
    const before_mb = await apiMemoryMb(system);
    let peak_mb = before_mb;
    const sampler = setInterval(async () => {
      peak_mb = Math.max(peak_mb, await apiMemoryMb(system).catch(() => 0));
    }, SAMPLE_EVERY_MS);

    const cpuEach = watchCpu(await system.pids());
    const started = performance.now();
    let answers = 0;
    let first_answer_ms = 0;
    let sent = 0;
    let answered_before_end = false;
    await new Promise<void>((resolve, reject) => {
      const call = request(`${system.api_url}/v2/messages`, {
        method: 'POST',
        headers: { 'x-api-key': sender.api_key, 'content-type': 'application/x-ndjson' },
      });
      call.on('error', reject);
      call.on('response', (response) => {
        response.on('data', (chunk: Buffer) => {
          first_answer_ms ||= performance.now() - started;
          if (sent < messages) answered_before_end = true;
          for (const byte of chunk) if (byte === 10) answers++;
        });
        response.on('end', resolve);
        response.on('error', reject);
      });
      const write = (): void => {
        while (sent < messages) {
          const i = sent++;
          const line = `${JSON.stringify({ contact_id: `c${i}`, creative_id: creative_ids[i % 2], campaign_id, fields: { first_name: `Name ${i}` } })}\n`;
          if (!call.write(line)) {
            call.once('drain', write);
            return;
          }
        }
        call.end();
      };
      write();
    });
    const seconds = (performance.now() - started) / 1_000;
    clearInterval(sampler);
    const cpu_us = cpuEach(2 * answers);
    return {
      ...machine(),
      messages,
      answers,
      seconds: Number(seconds.toFixed(2)),
      messages_per_s: Math.round(answers / seconds),
      links_per_s: Math.round((2 * answers) / seconds),
      cpu_us,
      first_answer_ms: Math.round(first_answer_ms),
      answered_before_end,
      api_memory_before_mb: Math.round(before_mb),
      api_memory_peak_mb: Math.round(peak_mb),
      api_memory_growth_mb: Math.round(peak_mb - before_mb),
    };
  } finally {
    await system.destroy();
  }
};
