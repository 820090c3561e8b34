/**
 * What an operator has beside the installation: a real Prometheus with deploy/alerts.yml, a real Alertmanager, and a webhook
 * receiver, which notes each alarm with its time. Both look every 5 s, as deploy/alerts.yml assumes.
 */
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { testPorts } from '../ports.ts';
import { findProgram } from '../programs.ts';
import { HANGS_AFTER_MS, until } from '../until.ts';
import type { LeftBehind } from './left-behind.ts';
import { startProgram } from './program.ts';

const RULES = join(import.meta.dirname, '../../../deploy/alerts.yml');
const EVERY_S = 5;
const BODY_BYTES_MAX = 1_000_000;

export interface Alarm {
  name: string;
  summary: string;
  fired_ms: number;
  resolved_ms: number | undefined;
}

export interface Monitoring {
  /** Every alarm that arrived, oldest first. */
  alarms: readonly Alarm[];
  firing(): string[];
  /** What Prometheus answers to a question now: a number for each set of labels. */
  ask(query: string): Promise<{ labels: Record<string, string>; value: number }[]>;
  /** Other addresses of metrics, `host:port`. */
  watch(targets: readonly string[]): Promise<void>;
}

interface Notice {
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

/** Notes an alarm once while it fires, however many labels it has. */
function note(alarms: Alarm[], { alerts }: Notice): void {
  const now = performance.now();
  for (const { status, labels, annotations } of alerts) {
    const name = labels['alertname'] ?? '';
    const open = alarms.find((alarm) => alarm.name === name && alarm.resolved_ms === undefined);
    if (status === 'firing' && open === undefined) {
      alarms.push({ name, summary: annotations['summary'] ?? '', fired_ms: now, resolved_ms: undefined });
    } else if (status === 'resolved' && open !== undefined) open.resolved_ms = now;
  }
}

/** The webhook that Alertmanager calls; listens on a free port of loopback. */
async function startReceiver(alarms: Alarm[]): Promise<{ port: number; close(): void }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body = `${body}${part}`.slice(0, BODY_BYTES_MAX);
    });
    request.on('end', () => {
      note(alarms, JSON.parse(body) as Notice);
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

const alertmanagerFile = (port: number): string => `
route: { receiver: drill, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1h }
receivers:
  - name: drill
    webhook_configs: [{ url: "http://127.0.0.1:${port}/", send_resolved: true }]
`;

const prometheusFile = (alertmanager_port: number, targets: string): string => `
global: { scrape_interval: ${EVERY_S}s, scrape_timeout: ${EVERY_S - 1}s, evaluation_interval: ${EVERY_S}s }
rule_files: ["${RULES}"]
alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:${alertmanager_port}"] }] }] }
scrape_configs:
  - job_name: trackly
    file_sd_configs: [{ files: ["${targets}"], refresh_interval: 5s }]
`;

export async function startMonitoring(
  targets: readonly string[],
  left: LeftBehind,
): Promise<Monitoring & { close(): void }> {
  const dir = join(left.folder, 'monitoring');
  await mkdir(dir, { recursive: true });
  const alarms: Alarm[] = [];
  const receiver = await startReceiver(alarms);
  const [alertmanager_port = 0, prometheus_port = 0] = await testPorts(2);
  const targets_file = join(dir, 'targets.json');
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const watch = (addresses: readonly string[]): void =>
    writeFileSync(targets_file, JSON.stringify([{ targets: addresses }]));
  watch(targets);

  const alertmanager = startProgram(
    {
      name: 'alertmanager',
      command: findProgram('prometheus-alertmanager') ?? findProgram('alertmanager') ?? 'alertmanager',
      args: [
        `--config.file=${file('alertmanager.yml', alertmanagerFile(receiver.port))}`,
        `--storage.path=${join(dir, 'alertmanager')}`,
        `--web.listen-address=127.0.0.1:${alertmanager_port}`,
        '--cluster.listen-address=',
      ],
    },
    left,
  );
  const prometheus = startProgram(
    {
      name: 'prometheus',
      command: findProgram('prometheus') ?? 'prometheus',
      args: [
        `--config.file=${file('prometheus.yml', prometheusFile(alertmanager_port, targets_file))}`,
        `--storage.tsdb.path=${join(dir, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${prometheus_port}`,
        '--rules.alert.resend-delay=5s',
      ],
    },
    left,
  );
  const ready = async (port: number): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(
    async () => {
      const dead = [alertmanager, prometheus].find((program) => !program.runs());
      if (dead !== undefined) throw new Error(`${dead.name} did not start:\n${dead.output()}`);
      return (await ready(alertmanager_port)) && (await ready(prometheus_port));
    },
    HANGS_AFTER_MS,
    () => 'Prometheus or Alertmanager is not ready',
  );
  return {
    alarms,
    firing: () => [
      ...new Set(alarms.filter((alarm) => alarm.resolved_ms === undefined).map(({ name }) => name)),
    ],
    async ask(query) {
      const address = `http://127.0.0.1:${prometheus_port}/api/v1/query?query=${encodeURIComponent(query)}`;
      const { data } = (await (await fetch(address)).json()) as {
        data: { result: { metric: Record<string, string>; value: [number, string] }[] };
      };
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    watch: async (addresses) => watch(addresses),
    close: receiver.close,
  };
}
