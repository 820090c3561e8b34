/**
 * Which column of a file is which field: what the caller names, else what the preset names, else a column with the
 * field's own name. Pure.
 */
import { placesOf } from '../../conversions/exports/known-files.ts';
import { ImportError } from './import-error.ts';
import { FIELD_NAMES, FIELDS_OF, type ImportField, type ImportKind, NEEDED } from './import-fields.ts';
import { type Preset, presetFor, presetOf } from './presets.ts';

export interface ColumnChoices {
  kind: ImportKind | undefined;
  preset: string | undefined;
  /** By field, the file's own name of its column. */
  named: Partial<Record<ImportField, string>>;
}

export interface ImportColumns {
  kind: ImportKind;
  preset: Preset | undefined;
  /** Where the columns of each field are: of a row, the first that has a value counts. */
  at: Partial<Record<ImportField, readonly number[]>>;
  /** Parameters of the tapped address, with the index of each one's column. */
  parameters: [name: string, at: number][];
  /** By field, the file's name of its column. */
  mapping: Partial<Record<ImportField, string>>;
  /** Columns that are not read. */
  ignored: string[];
}

/** Throws ImportError where the file can not be read as the caller, or its header line, says. */
export function resolveImportColumns(header: readonly string[], choices: ColumnChoices): ImportColumns {
  const preset = choices.preset === undefined ? presetFor(header, choices.kind) : presetOf(choices.preset);
  const kind = choices.kind ?? preset?.kind;
  if (kind === undefined) {
    throw new ImportError(
      `the first line is of no known export (${shown(header)}): say kind=links, clicks, sends or conversions, and name its columns: time_column=…`,
    );
  }
  if (preset !== undefined && preset.kind !== kind)
    throw new ImportError(
      `preset ${preset.preset} is of ${preset.kind}, and kind says ${kind}: leave one out`,
    );
  const at: ImportColumns['at'] = {};
  for (const field of FIELD_NAMES) {
    const found = columnsOf(field, { header, choices, kind, preset });
    if (found.length > 0) at[field] = found;
  }
  for (const group of NEEDED[kind]) {
    if (group.some((field) => at[field] !== undefined)) continue;
    throw new ImportError(
      `${kind} need a column of ${group.join(' or ')}, and the first line has ${shown(header)}: add ${group[0]}_column=… to the address`,
    );
  }
  const parameters = Object.entries(preset?.parameters ?? {}).flatMap(([name, key]): [string, number][] => {
    return placesOf([key], header).map((index) => [name, index]);
  });
  const used = new Set([...Object.values(at).flat(), ...parameters.map(([, index]) => index)]);
  return {
    ...{ kind, preset, at, parameters },
    mapping: Object.fromEntries(
      Object.entries(at).map(([field, places]) => [
        field,
        places.map((index) => header[index] ?? '').join(', else '),
      ]),
    ),
    ignored: header.filter((_, index) => !used.has(index)),
  };
}

function columnsOf(
  field: ImportField,
  of: {
    header: readonly string[];
    choices: ColumnChoices;
    kind: ImportKind;
    preset: Preset | undefined;
  },
): number[] {
  const { header, choices, kind, preset } = of;
  const named = choices.named[field];
  if (named !== undefined) {
    const index = header.indexOf(named);
    if (index < 0)
      throw new ImportError(`${field}_column: the file has no column "${named}": it has ${shown(header)}`);
    if (FIELDS_OF[kind].includes(field)) return [index];
    throw new ImportError(
      `${field}_column: ${kind} have no ${field}: they have ${FIELDS_OF[kind].join(', ')}`,
    );
  }
  if (!FIELDS_OF[kind].includes(field)) return [];
  const names = preset === undefined ? [field] : (preset.columns[field] ?? []);
  return placesOf(names, header);
}

const shown = (header: readonly string[]): string =>
  header
    .slice(0, 20)
    .map((name) => `"${name.slice(0, 40)}"`)
    .join(', ');
