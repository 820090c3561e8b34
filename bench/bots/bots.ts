/**
 * Judges the labelled set of this folder like the workers, and prints for each class how many were judged correctly,
 * separately for the tuning half and the held-out half. Fails if a bound is missed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Judge, openJudge } from '../../src/bots/judge.ts';
import { classifyLine } from '../../src/commands/classify.ts';
import { readConfig } from '../../src/config.ts';
import type { Bench } from '../bench.ts';
import { machine } from '../support/measure.ts';

const RECALL_MIN = 0.99;
const PEOPLE_TAKEN_FOR_BOTS_MAX = 0.001;
const HALVES = ['tuning', 'held-out'] as const;

interface Labelled {
  class: string;
  source: string;
}

interface Row {
  half: string;
  label: 'human' | 'bot';
  class: string;
  requests: number;
  right: number;
}

function judgeFile(judge: Judge, label: Row['label'], half: string, misses: boolean): Row[] {
  const file = join(import.meta.dirname, `${label === 'human' ? 'people' : 'bots'}.${half}.ndjson`);
  const rows = new Map<string, Row>();
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const { class: name, source, ...request } = JSON.parse(line) as Labelled & Record<string, unknown>;
    const row = rows.get(name) ?? { half, label, class: name, requests: 0, right: 0 };
    rows.set(name, row);
    row.requests++;
    const { verdict, reasons } = classifyLine(judge, JSON.stringify(request)) as {
      verdict: string;
      reasons: string[];
    };
    if (verdict === label) row.right++;
    else if (misses) console.log(`${name} judged ${verdict} (${reasons.join(' ')}; ${source}): ${line}`);
  }
  return [...rows.values()];
}

/** `--misses all` prints the requests of the tuning half that were judged wrongly. */
export const bench: Bench = async ({ options }) => {
  const judge = openJudge(readConfig().bot_rules);
  const rows = HALVES.flatMap((half) => {
    // Only the misses of the tuning half are shown, so that the rules are not tuned on the other half.
    const misses = options.misses !== undefined && half === 'tuning';
    return [...judgeFile(judge, 'human', half, misses), ...judgeFile(judge, 'bot', half, misses)];
  });
  console.table(
    rows.map(({ half, label, class: name, requests, right }) => ({
      half,
      label,
      class: name,
      requests,
      right,
      'right %': Math.round((right / requests) * 10_000) / 100,
    })),
  );

  const share = (half: string, label: Row['label']): number => {
    const of = rows.filter((row) => row.half === half && row.label === label);
    const sum = (count: (row: Row) => number): number => of.reduce((total, row) => total + count(row), 0);
    return sum((row) => row.right) / sum((row) => row.requests);
  };
  const result = Object.fromEntries(
    HALVES.map((half) => [
      half.replace('-', '_'),
      { recall: share(half, 'bot'), people_taken_for_bots: 1 - share(half, 'human') },
    ]),
  );
  const missed = Object.values(result).some(
    ({ recall, people_taken_for_bots }) =>
      recall < RECALL_MIN || people_taken_for_bots > PEOPLE_TAKEN_FOR_BOTS_MAX,
  );
  if (missed) throw new Error(`a bound is missed: ${JSON.stringify(result)}`);
  return { ...machine(), rules_version: judge.rulesVersion({}), ...result };
};
