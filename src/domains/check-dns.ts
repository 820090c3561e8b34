/**
 * Asks DNS whether an account owns a name, and whether the name points here. Two resolvers are asked, each by itself:
 * what they have both found is proof, and only what both deny is lost. A resolver that does not answer proves
 * nothing either way. Asks DNS alone; never rejects.
 */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { DnsRecord } from './domain.ts';

const RESOLVERS_MAX = 2;
const ASK_WITHIN_MS = 3_000;
const TRIES = 2;
/** Of one answer; a record of another service may be long. */
const VALUES_MAX = 20;
const VALUE_LENGTH_MAX = 300;

export interface DnsQuestion {
  domain: string;
  token: string;
  /** A name, or addresses with commas between them, that domains are to point at; '' is not checked. */
  public_address: string;
  /** `address` or `address:port`; the first RESOLVERS_MAX are asked. Empty: the system's. */
  resolvers: readonly string[];
}

/** right: both resolvers have found it. wrong: both have answered, and not so. unclear: one of them did not answer. */
export type DnsFinding = 'right' | 'wrong' | 'unclear';

export interface DnsCheck {
  ownership: DnsFinding;
  address: DnsFinding;
  /** What is needed, and what was found. */
  records: DnsRecord[];
  /** What to do; '' when all is right. */
  hint: string;
}

export const proofName = (domain: string): string => `_trackly.${domain}`;
export const proofValue = (token: string): string => `trackly-domain=${token}`;

/** What one resolver says of one record; undefined: it did not answer. */
type Said = string[] | undefined;

export async function checkDns(question: DnsQuestion): Promise<DnsCheck> {
  const resolvers = openResolvers(question.resolvers);
  const [ownership, address] = await Promise.all([
    checkOwnership(resolvers, question),
    checkAddress(resolvers, question),
  ]);
  return {
    ownership: ownership.finding,
    address: address.finding,
    records: [ownership.record, ...address.records],
    hint: ownership.hint || address.hint,
  };
}

function openResolvers(servers: readonly string[]): Resolver[] {
  const open = (own: readonly string[]): Resolver => {
    const resolver = new Resolver({ timeout: ASK_WITHIN_MS / TRIES, tries: TRIES });
    if (own.length > 0) resolver.setServers(own);
    return resolver;
  };
  const asked = servers.length > 0 ? servers : new Resolver().getServers();
  return asked.length === 0 ? [open([])] : asked.slice(0, RESOLVERS_MAX).map((server) => open([server]));
}

async function checkOwnership(
  resolvers: readonly Resolver[],
  { domain, token }: DnsQuestion,
): Promise<{ finding: DnsFinding; record: DnsRecord; hint: string }> {
  const name = proofName(domain);
  const value = proofValue(token);
  const said = await askAll(resolvers, async (resolver) =>
    (await resolver.resolveTxt(name)).map((chunks) => chunks.join('')),
  );
  const finding = findingOf(said, (values) => values.includes(value));
  const found = foundOf(said);
  return {
    finding,
    record: { type: 'TXT', name, value, found, ok: finding === 'right' },
    hint: ownershipHint(finding, name, value, found),
  };
}

function ownershipHint(finding: DnsFinding, name: string, value: string, found: readonly string[]): string {
  if (finding === 'right') return '';
  const add = `Add a TXT record named ${name} with the value ${value} where the DNS of the domain is kept.`;
  if (finding === 'unclear' && found.includes(value)) {
    return `One of the resolvers does not see the TXT record ${name} yet: it is asked again by itself.`;
  }
  if (finding === 'unclear') return `DNS did not answer for ${name}: it is asked again. ${add}`;
  const instead = found.length === 0 ? 'There is none yet' : `Its value is now ${found.join(', ')}`;
  return `${add} ${instead}; a new record can take some minutes to be seen everywhere.`;
}

async function checkAddress(
  resolvers: readonly Resolver[],
  { domain, public_address }: DnsQuestion,
): Promise<{ finding: DnsFinding; records: DnsRecord[]; hint: string }> {
  if (public_address === '') return { finding: 'right', records: [], hint: '' };
  const wanted = public_address.split(',').map((one) => one.trim().toLowerCase());
  const named = wanted.length === 1 && isIP(wanted[0] ?? '') === 0;
  const addresses = await askAll(resolvers, (resolver) => addressesOf(resolver, domain));
  const target = wanted[0] ?? '';
  const allowed = named ? await askAll(resolvers, (resolver) => addressesOf(resolver, target)) : [wanted];
  const right = new Set(allowed.flatMap((values) => values ?? []));
  const finding = findingOf(addresses, (values) => values.length > 0 && values.every((ip) => right.has(ip)));
  const found = foundOf(addresses);
  const ok = finding === 'right';
  const records: DnsRecord[] = named
    ? [{ type: 'CNAME', name: domain, value: target, found: await aliases(resolvers, domain, found), ok }]
    : wanted.map((value) => ({
        type: isIP(value) === 6 ? 'AAAA' : 'A',
        name: domain,
        value,
        found: found.filter((ip) => isIP(ip) === isIP(value)),
        // An account may point at one of several.
        ok,
      }));
  return { finding, records, hint: addressHint(finding, domain, { wanted, named, found }) };
}

function addressHint(
  finding: DnsFinding,
  domain: string,
  { wanted, named, found }: { wanted: string[]; named: boolean; found: string[] },
): string {
  if (finding === 'right') return '';
  const record = named
    ? `a CNAME record for ${domain} with the value ${wanted[0]}`
    : `A or AAAA records for ${domain} with the value ${wanted.join(' or ')}`;
  if (finding === 'unclear') {
    return `The resolvers do not agree on ${domain}, or one did not answer: it is asked again by itself.`;
  }
  if (found.length === 0) return `Add ${record}: the domain has no address yet.`;
  return `Replace what ${domain} points at now (${found.join(', ')}) by ${record}.`;
}

/** The alias that is shown beside the one that is needed; the addresses where there is none. */
async function aliases(
  resolvers: readonly Resolver[],
  domain: string,
  addresses: string[],
): Promise<string[]> {
  const said = await askAll(resolvers, (resolver) => resolver.resolveCname(domain));
  const found = foundOf(said).map((name) => name.toLowerCase().replace(/\.$/, ''));
  return found.length > 0 ? found : addresses;
}

/** IPv4 and IPv6; empty where the name has neither. Rejects where one of the two can't be asked. */
async function addressesOf(resolver: Resolver, name: string): Promise<string[]> {
  const [four, six] = await Promise.all([
    resolver.resolve4(name).catch(noneOrThrow),
    resolver.resolve6(name).catch(noneOrThrow),
  ]);
  return [...four, ...six];
}

/** DNS says that there is no such record, or no such name. */
function noneOrThrow(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENODATA' || error.code === 'ENOTFOUND') return [];
  throw error;
}

function askAll(
  resolvers: readonly Resolver[],
  ask: (resolver: Resolver) => Promise<string[]>,
): Promise<Said[]> {
  return Promise.all(
    resolvers.map((resolver) =>
      ask(resolver)
        .catch(noneOrThrow)
        .catch(() => undefined),
    ),
  );
}

function findingOf(said: readonly Said[], isRight: (values: string[]) => boolean): DnsFinding {
  if (said.every((values) => values !== undefined && isRight(values))) return 'right';
  return said.some((values) => values === undefined || isRight(values)) ? 'unclear' : 'wrong';
}

/** Without repeats, bounded: it is shown and stored. */
function foundOf(said: readonly Said[]): string[] {
  const values = said.flatMap((one) => one ?? []).map((value) => value.slice(0, VALUE_LENGTH_MAX));
  return [...new Set(values)].slice(0, VALUES_MAX);
}
