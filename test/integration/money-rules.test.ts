/** Every example of the guide to the rules of money, by the public way in: what becomes of each report, and the totals. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf } from '../support/documents.ts';
import { clickIdOf, createPhones, PHONE, type Phones } from '../support/phones.ts';
import { createNetwork, type Network } from '../support/postback.ts';
import { created, createSender, type Sender } from '../support/sender.ts';
import { sharedSystem } from '../support/shared-system.ts';
import type { System } from '../support/system.ts';
import { untilSeen } from '../support/until.ts';

type Values = Record<string, string>;

/** A line of an example: `report event=refund revenue=9.90 → attributed revenue=-9.90`. */
interface Step {
  does: string;
  values: Values;
  /** Of a report: its status, or the reason of what is not credited or limited. */
  becomes: string;
  wanted: Values;
}

const EXAMPLES = blocksOf('src/guides/money-rules.md').filter(({ language }) => language === 'example');
const STATUSES = new Set(['attributed', 'duplicate', 'replaced', 'voided']);
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

let system: System;
let sender: Sender;
let phones: Phones;
let network: Network;

beforeAll(async () => {
  system = await sharedSystem();
  sender = await createSender(system);
  phones = createPhones(system.redirect_url, 4);
  network = createNetwork(system.redirect_url, 8);
});
afterAll(async () => {
  phones?.close();
  network?.close();
  await system?.destroy();
});

const valuesOf = (words: readonly string[]): Values =>
  Object.fromEntries(words.map((word) => word.split('=') as [string, string]));

function stepsOf(text: string): Step[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [left = '', right = ''] = line.split(' → ');
      const [does = '', ...words] = left.split(' ');
      const [becomes = '', ...wanted] = right.split(' ');
      return { does, values: valuesOf(words), becomes, wanted: valuesOf(wanted) };
    });
}

const settingsOf = (values: Values): object =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      if (name === 'coupon_codes') return [name, [value]];
      return [name, /_(days|seconds)$/.test(name) ? Number(value) : value];
    }),
  );

/** The offer of an example, Ann's message with a link to it, and what was reported. */
interface Example {
  offer_id: string;
  link_id: string;
  postback_secret: string;
  conversion_secret: string;
  tapped_ms: number;
  reported: { id: string; step: Step }[];
}

async function begin(settings: Values, number: number): Promise<Example> {
  const base = { name: 'Shoes', destination_url: 'https://shoes.example/?click={{click_id}}' };
  const terms = { payout_type: 'cpa', payout: '2.00', currency: 'USD', ...settingsOf(settings) };
  const { offer_id } = created(await sender.call('POST', '/v2/offers', { ...base, ...terms }));
  const offer_links = [{ key: 'link1', offer_id }];
  const creative = { name: 'Shoes', body: '{{link1}}', offer_links };
  const { creative_id } = created(await sender.call('POST', '/v2/creatives', creative));
  const message = { message_id: `rules-${number}`, contact_id: 'ann', creative_id };
  const link_id = (await sender.send([message]))[0]?.links[0]?.link_id ?? '';
  const { body } = await sender.call('GET', `/v2/offers/${offer_id}/postbacks`);
  const { postback_secret, conversion_secret } = body;
  return { offer_id, link_id, postback_secret, conversion_secret, tapped_ms: 0, reported: [] };
}

const DOES: Record<string, (example: Example, step: Step) => Promise<void>> = {
  async offer({ offer_id }, { values }) {
    const { status } = await sender.call('PATCH', `/v2/offers/${offer_id}`, settingsOf(values));
    expect(status).toBe(200);
    await offerIsRead();
  },
  async tap(example) {
    expect(clickIdOf((await phones.open(example.link_id, PHONE)) as never)).not.toBe('');
    example.tapped_ms ||= Date.now();
  },
  async report(example, step) {
    const path = step.values['code'] === undefined ? '/conv/offer' : '/conv/coupon';
    const answer = await network.report(path, parametersOf(step.values, example));
    expect(answer?.status, JSON.stringify(answer?.body)).toBe(200);
    const { status, conversion_id: id } = answer?.body ?? { status: '', conversion_id: '' };
    if (status === 'duplicate') expect('duplicate').toBe(step.becomes);
    else example.reported.push({ id, step });
  },
  async total() {},
};

async function run(steps: readonly Step[], number: number): Promise<void> {
  const [first, ...others] = steps;
  const example = await begin(first?.does === 'offer' ? first.values : {}, number);
  for (const step of first?.does === 'offer' ? others : steps) await DOES[step.does]?.(example, step);
  const { offer_id, reported } = example;
  // An advertiser's clock may be ahead.
  const later = new Date(Date.now() + 2 * UNIT_MS.d).toISOString().slice(0, 10);
  await untilSeen(
    'what becomes of each report',
    async () => {
      const { rows } = (await sender.call('GET', `/v2/conversions?offer_id=${offer_id}&to=${later}`)).body;
      const rowOf = (id: string) => rows.find(({ conversion_id }) => conversion_id === id);
      return reported.map(({ id, step }) => shown(rowOf(id), step));
    },
    reported.map(({ step }): [string, Values] => [step.becomes, step.wanted]),
  );
  const totals = steps.filter(({ does }) => does === 'total').map(({ values }) => values);
  await untilSeen(
    'the totals',
    async () => {
      const { rows } = (await sender.call('GET', `/v2/reports/offers?offer_id=${offer_id}`)).body;
      const rowOf = (code: string | undefined) =>
        rows.find(({ currency }) => currency === (code ?? currency)) ?? {};
      return totals.map((wanted) => pick(rowOf(wanted['currency']), wanted));
    },
    totals,
  );
}

/** Processes read a changed offer from their cache for a moment. */
const offerIsRead = (): Promise<void> => new Promise((done) => setTimeout(done, 1_500));

function parametersOf({ at, ...values }: Values, example: Example): Values {
  const { offer_id, postback_secret, link_id, conversion_secret, tapped_ms } = example;
  const [, sign, count = '0', unit = 's'] = /^([+-])(\d+)([smhd])$/.exec(at ?? '') ?? [];
  const after_ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS] * (sign === '-' ? -1 : 1);
  const ts: Values = at === undefined ? {} : { ts: String(tapped_ms + after_ms) };
  if (values['code'] !== undefined) return { secret: conversion_secret, ...values, ...ts };
  const id: Values = values['click_id'] === undefined ? { link_id } : {};
  return { offer_id, postback_secret, ...id, ...values, ...ts };
}

function pick(row: object, wanted: Values): Values {
  const values = row as Record<string, unknown>;
  return Object.fromEntries(Object.keys(wanted).map((name) => [name, String(values[name])]));
}

function shown(
  row: { status: string; reason: string } | undefined,
  { becomes, wanted }: Step,
): [string, Values] {
  const { status = '', reason = '' } = row ?? {};
  return [STATUSES.has(becomes) ? status : reason, pick(row ?? {}, wanted)];
}

describe('the guide', () => {
  it('has an example of every rule but that of times, which no single report shows', () => {
    expect(EXAMPLES.length).toBeGreaterThan(25);
    for (const { text } of EXAMPLES) {
      for (const { does, becomes } of stepsOf(text)) {
        expect(['offer', 'tap', 'report', 'total']).toContain(does);
        expect(becomes !== '').toBe(does === 'report');
      }
    }
  });

  it.concurrent.each(EXAMPLES.map(({ text }, number) => ({ text, number })))(
    'is right: $text',
    ({ text, number }) => run(stepsOf(text), number),
  );
});
