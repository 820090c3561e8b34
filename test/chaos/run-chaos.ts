/**
 * `npm run chaos [-- --seed 7 --seconds 600 --rate 300 --absence 60 --faults kill,redis_gone --messages 100000 --erase
 * 1000]`: load on the whole system while it is broken in every way that we can, then the recipients' books against the
 * reports; with --erase so many contacts are erased meanwhile, and then looked for everywhere. The last line is one JSON
 * object; exit status 1 unless nothing was lost, counted twice or found.
 */
import { parseArgs } from 'node:util';
import { runChaos } from '../support/chaos/chaos.ts';
import { FAULTS } from '../support/chaos/faults.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 100_000) },
      seconds: { type: 'string', default: '60' },
      rate: { type: 'string', default: '200' },
      absence: { type: 'string', default: '60' },
      faults: { type: 'string', default: Object.keys(FAULTS).join(',') },
      messages: { type: 'string', default: '2000' },
      erase: { type: 'string' },
    },
  });
  const faults = values.faults.split(',');
  const unknown = faults.find((name) => FAULTS[name] === undefined);
  if (unknown !== undefined) {
    throw new Error(`there is no fault "${unknown}": it is one of ${Object.keys(FAULTS).join(', ')}`);
  }
  const number = (name: Exclude<keyof typeof values, 'faults'>, max: number): number => {
    const value = Number(values[name]);
    if (!(value > 0 && value <= max)) throw new Error(`--${name} is a number up to ${max}`);
    return value;
  };
  const result = await runChaos({
    seed: number('seed', 2 ** 31),
    seconds: number('seconds', 86_400),
    rate: number('rate', 5_000),
    absence_s_max: number('absence', 3_600),
    faults,
    messages: number('messages', 1_000_000),
    erase: values.erase === undefined ? 0 : number('erase', 10_000),
    say: (line) => console.error(line),
  });
  console.log(JSON.stringify(result));
  const wrong = result.lost + result.duplicated + result.conversions_lost + result.conversions_duplicated;
  const { erasure } = result;
  const erased =
    erasure === undefined || (erasure.found.length === 0 && erasure.reports_changed.length === 0);
  process.exitCode = wrong === 0 && erased ? 0 : 1;
}

main().catch((error: Error) => {
  console.error(error.message);
  // Recipients may still be tapping.
  process.exit(1);
});
