/**
 * What a name of a stranger leads to, asked of the resolvers without a thread: the system's own function occupies one of
 * four threads of the process for as long as a resolver is silent, so that a few dead names would hold up all others. A
 * name that the resolvers do not know may be one of this machine or its network: the system is asked then, where such
 * addresses are allowed, or where there is no resolver. Bounded in time.
 */
import { type LookupAddress, lookup, Resolver } from 'node:dns';
import type { LookupFunction } from 'node:net';

const resolver = new Resolver({ timeout: 2_000, tries: 2 });
/** They do not know the name, have no address for it, or there is no resolver. */
const UNKNOWN: readonly (string | undefined)[] = ['ENOTFOUND', 'ENODATA', 'ECONNREFUSED'];
/** Names of this machine or its network, which resolvers are not asked for. */
const LOCAL = /^[^.]*\.?$|(?:^|\.)localhost\.?$/i;

type Done = (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void;

/** `asks_system`: also of a name that the resolvers do not know. */
function resolveName(name: string, asks_system: boolean, done: Done): void {
  const found: LookupAddress[] = [];
  let failed: NodeJS.ErrnoException | null = null;
  let unknown: NodeJS.ErrnoException | null = null;
  let open = 2;
  const note = (family: 4 | 6, error: NodeJS.ErrnoException | null, addresses: string[] = []): void => {
    if (error !== null && UNKNOWN.includes(error.code)) unknown = error;
    else if (error !== null) failed = error;
    found.push(...addresses.map((address) => ({ address, family })));
    if (--open > 0) return;
    // As the system orders them where it does not know better: IPv4 first.
    const all = found.toSorted((a, b) => a.family - b.family);
    if (all.length > 0) done(null, all);
    else if (failed !== null) done(failed, []);
    else if (!asks_system && unknown !== null && unknown.code !== 'ECONNREFUSED') done(unknown, []);
    // Of a name that it does not know either it passes no list.
    else lookup(name, { all: true }, (error, known) => done(error, known ?? []));
  };
  resolver.resolve4(name, (error, addresses) => note(4, error, addresses));
  resolver.resolve6(name, (error, addresses) => note(6, error, addresses));
}

/** In place of dns.lookup. `refuses`: an error for addresses that may not be connected to, else undefined. */
export function outsideLookup(
  refuses: (found: readonly LookupAddress[]) => Error | undefined,
  { asks_system }: { asks_system: boolean },
): LookupFunction {
  return (name, options, done) => {
    const answer: Done = (error, found) => {
      const [first] = found;
      const refused = error === null ? refuses(found) : error;
      if (refused !== undefined || first === undefined) done(refused ?? error, '', 0);
      else if (options.all) done(null, found);
      else done(null, first.address, first.family);
    };
    if (LOCAL.test(name))
      lookup(name, { ...options, all: true }, (error, found) => answer(error, found ?? []));
    else resolveName(name, asks_system, answer);
  };
}
