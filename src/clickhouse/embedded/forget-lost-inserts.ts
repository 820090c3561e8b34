/**
 * Removes deduplication tokens whose rows are missing. ClickHouse stores an insert's token before it puts the part in
 * place. If it is killed in between, it remembers a token without rows and would skip the retried insert as a
 * duplicate: the rows would be lost. So these tokens are removed before the server opens its folder, and the retry is
 * accepted. Only for a folder that no server has open.
 *
 * The log (MergeTreeDeduplicationLog.cpp) has one line for each block, `<1 added | 2 dropped>\t<part>\t<id>`. A part is
 * named `<partition>_<first block>_<last block>_<level>[_<mutation>]`; a merged part covers its sources.
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOGS = 'deduplication_logs';
const ADDED = '1';
const PART = /^(.+?)_(\d+)_(\d+)_\d+(?:_\d+)?$/;

/** Returns the parts whose tokens were removed. Safe to repeat. */
export function forgetLostInserts(folder: string): string[] {
  return tablesOf(folder).flatMap((table) => {
    const parts = readdirSync(table).flatMap((name) => blocksOf(name) ?? []);
    const isThere = (part: string): boolean => {
      const wanted = blocksOf(part);
      return parts.some(
        (one) =>
          wanted === undefined ||
          (one.partition === wanted.partition && one.first <= wanted.first && one.last >= wanted.last),
      );
    };
    return readdirSync(join(table, LOGS)).flatMap((name) => forgetIn(join(table, LOGS, name), isThere));
  });
}

/** Folders of tables that have a log: `store/<abc>/<uuid>`. */
function tablesOf(folder: string): string[] {
  const store = join(folder, 'store');
  if (!existsSync(store)) return [];
  return readdirSync(store)
    .flatMap((prefix) => readdirSync(join(store, prefix)).map((uuid) => join(store, prefix, uuid)))
    .filter((table) => existsSync(join(table, LOGS)));
}

interface Blocks {
  partition: string;
  first: number;
  last: number;
}

function blocksOf(part: string): Blocks | undefined {
  const [, partition, first, last] = PART.exec(part) ?? [];
  // Parts that are still being written are named tmp_….
  if (partition === undefined || partition.startsWith('tmp')) return undefined;
  return { partition, first: Number(first), last: Number(last) };
}

function forgetIn(path: string, isThere: (part: string) => boolean): string[] {
  const lost: string[] = [];
  const text = readFileSync(path, 'utf8');
  const lines = text.split('\n');
  // A line that was cut off stores no token.
  if (lines.pop() !== '') lost.push('an unfinished line');
  const kept = lines.filter((line) => {
    const [operation, part = ''] = line.split('\t');
    if (operation !== ADDED || isThere(part)) return true;
    lost.push(part);
    return false;
  });
  if (lost.length === 0) return [];
  const next = `${path}.next`;
  writeFileSync(next, kept.map((line) => `${line}\n`).join(''), { flush: true });
  renameSync(next, path);
  return lost;
}
