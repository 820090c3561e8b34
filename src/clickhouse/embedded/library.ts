/**
 * Calls functions of libchdb.so, from the npm packages @chdb/lib-<platform>, by name, and functions of the C library
 * that it is linked with. The only file that uses ffi.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataType, type FieldType, load, open } from 'ffi-rs';

const NAME = 'chdb';
const FILE = 'libchdb.so';

/** Opens the library; call it once in a process. Throws an error with one sentence if it is not installed. */
export function openLibrary(): void {
  const libc = process.platform === 'linux' ? '-gnu' : '';
  const name = `@chdb/lib-${process.platform}-${process.arch}${libc}`;
  let path: string;
  try {
    path = join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), FILE);
  } catch {
    throw new Error(
      `The ClickHouse library ${name} is not installed: type "npm install --no-save ${name}", or set CLICKHOUSE_URL.`,
    );
  }
  open({ library: NAME, path });
}

type Value = number | string | readonly string[];

const typeOf = (value: Value): FieldType =>
  typeof value === 'number'
    ? DataType.I32
    : typeof value === 'string'
      ? DataType.String
      : DataType.StringArray;

const parametersOf = (values: readonly Value[]): { paramsType: FieldType[]; paramsValue: unknown[] } => ({
  paramsType: values.map(typeOf),
  paramsValue: [...values],
});

/** Calls a function that returns a number at once. */
export function callNumber(funcName: string, ...values: Value[]): number {
  return load({ library: NAME, funcName, retType: DataType.I32, ...parametersOf(values) }) as number;
}

/** Calls a function that returns a C string at once. */
export function callText(funcName: string, ...values: Value[]): string {
  return load({ library: NAME, funcName, retType: DataType.String, ...parametersOf(values) }) as string;
}

/** Calls a long-running function on its own thread. Resolves when it has returned; the returned value is ignored. */
export async function callLong(funcName: string, ...values: Value[]): Promise<void> {
  const retType = DataType.External;
  await load({ library: NAME, funcName, retType, ...parametersOf(values), runInNewThread: true });
}
