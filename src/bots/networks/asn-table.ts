/**
 * Which network an address belongs to: its autonomous system number and the organisation that runs it, from the npm
 * package @ip-location-db/asn (RouteViews and DB-IP, CC BY 4.0). Parsing its text takes a second; the first process
 * stores the result beside the packages, which then loads in 20 ms, when a process looks up its first address: one that
 * looks up none does without the 9 MB. Updating the package updates the data.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { type Address, parseAddress } from './address.ts';
import { type OrganisationColumns, Organisations } from './organisations.ts';
import { type Columns, Ranges32, Ranges64 } from './ranges.ts';

const PACKAGE = '@ip-location-db/asn';
/** Version of the stored result's format. */
const FORM = 2;
const COMMA = 44;
const LINE_END = 10;
const QUOTE = 34;

export interface AsnTable {
  /** Version of the data, which is part of the version of the rules. */
  version: string;
  /** The number of the network; 0 if the address is in no known network. */
  asnOf(address: Address): number;
  /** Its organisation, '' where there is no such network. */
  organisationOf(asn: number): string;
}

/** What the CSV files say. */
interface Networks {
  v4: Ranges32;
  v6: Ranges64;
  organisations: Organisations;
}

/** `kept_in` is where the result is kept; beside the packages. Throws where the package is not installed. */
export function readAsnTable(kept_in?: string): AsnTable {
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  const path = join(kept_in ?? join(folder, '../../.cache/trackly'), `asn-${version}.${FORM}`);
  const kept = openKept(path);
  // Parsing takes too long for whoever waits for the first look-up.
  let networks = kept === undefined ? parseAndKeep(folder, path) : undefined;
  const loaded = (): Networks => {
    networks ??= readKept(kept as number) ?? parseAndKeep(folder, path);
    return networks;
  };
  return {
    version,
    asnOf(address) {
      const { v4, v6 } = loaded();
      return 'v4' in address ? v4.find(address.v4) : v6.find(address.high, address.low);
    },
    organisationOf: (asn) => loaded().organisations.nameOf(asn),
  };
}

function parseAndKeep(folder: string, path: string): Networks {
  const networks = readFiles(folder);
  keep(path, networks);
  return networks;
}

/**
 * Opened now and read later: an update that replaces the packages meanwhile does not change what it says. An empty file,
 * as a power cut may leave it, is none.
 */
function openKept(path: string): number | undefined {
  try {
    const file = openSync(path, 'r');
    if (fstatSync(file).size > 0) return file;
    closeSync(file);
  } catch {
    // Not kept yet.
  }
  return undefined;
}

/** Undefined if the file is incomplete. Closes it. */
function readKept(file: number): Networks | undefined {
  try {
    const [names, v4, v6] = deserialize(readFileSync(file)) as [OrganisationColumns, Columns, Columns];
    return { organisations: new Organisations(names), v4: Ranges32.of(v4), v6: Ranges64.of(v6) };
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/**
 * Writes atomically, because other processes may do the same. If the folder is not writable, every start parses the
 * files.
 */
function keep(path: string, { v4, v6, organisations }: Networks): void {
  const part = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, serialize([organisations.columns, v4.columns, v6.columns]), { flush: true });
    renameSync(part, path);
  } catch {
    rmSync(part, { force: true });
  }
}

function readFiles(folder: string): Networks {
  const organisations = new Map<number, string>();
  const v4 = new Ranges32();
  const csv4 = readFileSync(join(folder, 'asn-ipv4-num.csv'));
  readRows(csv4, organisations, (first, second, third, asn) =>
    v4.add(numberIn(csv4, first, second), numberIn(csv4, second + 1, third), asn),
  );
  const v6 = new Ranges64();
  const csv6 = readFileSync(join(folder, 'asn-ipv6.csv'));
  readRows(csv6, organisations, (first, second, third, asn) => {
    const start = parseAddress(csv6.toString('latin1', first, second));
    const end = parseAddress(csv6.toString('latin1', second + 1, third));
    if (start !== undefined && end !== undefined && 'high' in start && 'high' in end) {
      v6.add(start.high, start.low, end.high, end.low, asn);
    }
  });
  v4.seal();
  v6.seal();
  return { v4, v6, organisations: Organisations.of(organisations) };
}

/** Offsets of a line, and of the commas after its start and its end address. */
type Take = (first: number, second: number, third: number, asn: number) => void;

/** `start,end,asn,organisation` a line, in order of start. Bytes, not strings: there are half a million lines. */
function readRows(csv: Buffer, organisations: Map<number, string>, take: Take): void {
  const next = (byte: number, from: number): number => {
    let i = from;
    while (i < csv.length && csv[i] !== byte) i++;
    return i;
  };
  for (let from = 0; from < csv.length; ) {
    const second = next(COMMA, from);
    const third = next(COMMA, second + 1);
    const fourth = next(COMMA, third + 1);
    const to = next(LINE_END, fourth);
    const asn = numberIn(csv, third + 1, fourth);
    take(from, second, third, asn);
    if (!organisations.has(asn)) {
      const quoted = csv[fourth + 1] === QUOTE;
      const name = csv.toString('utf8', fourth + (quoted ? 2 : 1), to - (quoted ? 1 : 0)).trimEnd();
      organisations.set(asn, quoted ? name.replaceAll('""', '"') : name);
    }
    from = to + 1;
  }
}

function numberIn(csv: Buffer, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + (csv[i] as number) - 48;
  return value;
}
