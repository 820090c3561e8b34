/**
 * The names of an export's files, and what its manifests say. A name follows from what is asked for and from the window
 * alone, so that a file which is written again has the name that it had. Pure.
 */
import type { DatasetName, Export } from './export.ts';

const EXTENSIONS = { parquet: 'parquet', csv: 'csv', ndjson: 'ndjson' } as const;

export interface Window {
  from_ms: number;
  to_ms: number;
}

/** `20261129T100000Z`; with milliseconds where it has some. */
export function stamp(time_ms: number): string {
  return new Date(time_ms).toISOString().replace(/[-:]/g, '').replace('.000Z', 'Z').replace('.', '');
}

const spanOf = ({ from_ms, to_ms }: Window): string => `${stamp(from_ms)}_${stamp(to_ms)}`;

export function fileName(
  { format, compression }: Pick<Export, 'format' | 'compression'>,
  dataset: DatasetName,
  window: Window,
  { part, parts }: { part: number; parts: number },
): string {
  const of = parts === 1 ? '' : `_${part + 1}of${parts}`;
  // Parquet compresses its columns itself.
  const packed = compression === 'gzip' && format !== 'parquet' ? '.gz' : '';
  return `${dataset}/${dataset}_${spanOf(window)}${of}.${EXTENSIONS[format]}${packed}`;
}

/** Of the whole of a range, and of each window of one that goes on. */
export const manifestName = ({ every }: Pick<Export, 'every'>, window: Window): string =>
  every === 'once' ? 'manifest.json' : `manifests/${spanOf(window)}.json`;

/** A change of what columns mean, or of how lines add up, is a new number. */
export const SCHEMA_VERSION = 1;

export interface ManifestFile {
  name: string;
  dataset: string;
  from: string;
  to: string;
  rows: number;
  bytes: number;
  sha256: string;
}

export interface ManifestColumn {
  name: string;
  type: string;
  meaning: string;
}

export interface Manifest {
  schema_version: number;
  export_id: string;
  account_id: string;
  range: { from: string; to: string; by: string };
  filters: object;
  format: string;
  compression: string;
  files: ManifestFile[];
  columns: Record<string, ManifestColumn[]>;
}

export function manifestOf(
  one: Export,
  window: Window,
  files: readonly ManifestFile[],
  columns: Manifest['columns'],
): Manifest {
  return {
    schema_version: SCHEMA_VERSION,
    export_id: one.export_id,
    account_id: one.account_id,
    range: {
      from: new Date(window.from_ms).toISOString(),
      to: new Date(window.to_ms).toISOString(),
      by: one.window_by,
    },
    filters: one.filters,
    format: one.format,
    compression: one.format === 'parquet' ? 'none' : one.compression,
    files: [...files],
    columns,
  };
}
