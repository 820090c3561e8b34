/** Whose export a file is, which of its columns is which, and what its rows say. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type CsvRow, readCsv } from '../../../../src/api/http/csv.ts';
import { Agents } from '../../../../src/clicks/agent.ts';
import { type ImportColumns, resolveImportColumns } from '../../../../src/transfer/imports/import-columns.ts';
import {
  FIELDS_OF,
  type ImportField,
  type ImportKind,
} from '../../../../src/transfer/imports/import-fields.ts';
import { PRESETS } from '../../../../src/transfer/imports/presets.ts';
import {
  type OldLink,
  oldLinkOf,
  type RowStyle,
  textsOf,
  timeOf,
} from '../../../../src/transfer/imports/read-import-row.ts';
import {
  clickOf,
  conversionOf,
  type History,
  sendOf,
} from '../../../../src/transfer/imports/rows-of-history.ts';
import { PRESET_FILES, type PresetFile } from './preset-files.ts';

const NO_CHOICES = { kind: undefined, preset: undefined, named: {} };
const STYLE: RowStyle = {
  ...{ decimal: 'point', dates: 'mdy', tz: 'Europe/Berlin', currency: 'USD', domain: 'default.example' },
};

const historyOf = (columns: ImportColumns): History => ({
  ...{ account_id: 'acc_a', import_id: 'imp_1', own_domain: 'localhost', columns, style: STYLE },
  ...{ now_ms: Date.UTC(2026, 10, 29), agents: new Agents(10), clicks_s: 100, sends_s: 200 },
  ...{ ip_storage: 'full', entityOf: (_, text) => text },
});

const iso = (at_ms: number | undefined): string => new Date(at_ms ?? Number.NaN).toISOString();
const nameOf = (old: OldLink | undefined): string => (old === undefined ? '' : `${old.host}/${old.code}`);

/** A row as what the samples say of it. */
const READ: Record<ImportKind, (history: History, values: readonly string[]) => Record<string, unknown>> = {
  links({ columns, style }, values) {
    const text = textsOf(columns, values);
    return {
      ...{ old: nameOf(oldLinkOf(text, style)), url: text('url'), at: iso(timeOf(text, 'time', style)) },
      expires_at: timeOf(text, 'expires_at', style),
    };
  },
  clicks(history, values) {
    const { click, judged, staged } = clickOf(history, { line: 2, values, link: undefined });
    return {
      ...{ at: iso(click.clicked_at_ms), old: staged.old_link, contact: click.contact_id },
      ...{ country: judged.place.country, verdict: judged.verdict, query: click.query },
    };
  },
  sends(history, values) {
    const { send } = sendOf(history, { line: 2, values, link: undefined });
    return {
      ...{ at: iso(send.sent_at_ms), message: send.message_id, contact: send.contact_id },
      campaign: send.campaign_id,
    };
  },
  conversions(history, values) {
    const { conversion } = conversionOf(history, { line: 2, values, link: undefined });
    const { event, txn_id, amount, subject, converted_at_ms } = conversion;
    return { event, txn_id, amount, at: iso(converted_at_ms), campaign: subject.campaign_id };
  },
};

describe('presets', () => {
  it.each(PRESETS.map((preset) => [preset.preset, preset] as const))(
    '%s: a file of the product is known by its header, and is read',
    async (name, preset) => {
      const { csv, first, second } = PRESET_FILES[name] as PresetFile;
      const { header, groups } = await readCsv(Readable.from([Buffer.from(csv)]), 10);
      const columns = resolveImportColumns(header, NO_CHOICES);
      expect([columns.preset?.preset, columns.kind]).toEqual([name, preset.kind]);
      const rows: CsvRow[] = (await groups.next()).value ?? [];
      expect(rows.map(({ problem }) => problem)).toEqual([undefined, undefined]);
      const [one, two] = rows.map(
        ({ values }) =>
          () =>
            READ[preset.kind](historyOf(columns), values),
      );
      const { next_old, next_verdict, ...expected } = first;
      expect(one?.()).toMatchObject(expected);
      if (second !== undefined) expect(two).toThrow(expect.objectContaining({ code: second }));
      else
        expect(two?.()).toMatchObject({
          ...(next_old === undefined ? {} : { old: next_old }),
          ...(next_verdict === undefined ? {} : { verdict: next_verdict }),
        });
    },
  );

  it('have only fields of their kind', () => {
    for (const { preset, kind, columns } of PRESETS) {
      for (const field of Object.keys(columns) as ImportField[])
        expect(FIELDS_OF[kind], `${preset} ${field}`).toContain(field);
    }
  });
});

describe('columns named by hand', () => {
  it('win over the preset', () => {
    const { at, mapping, ignored } = resolveImportColumns(['keyword', 'url', 'Page'], {
      ...{ ...NO_CHOICES, named: { url: 'Page' } },
    });
    expect([at.url, mapping.url, ignored]).toEqual([[2], 'Page', ['url']]);
  });

  it('are refused where the file, or the kind, has none such', () => {
    const resolve = (named: Partial<Record<ImportField, string>>) => () =>
      resolveImportColumns(['keyword', 'url'], { ...NO_CHOICES, named });
    expect(resolve({ url: 'Page' })).toThrow(/no column "Page"/);
    expect(resolve({ revenue: 'url' })).toThrow(/links have no revenue/);
  });
});
