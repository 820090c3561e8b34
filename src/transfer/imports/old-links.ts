/**
 * Old links of an account: found by host and code, and made. Each is a link like any other, stored with its whole
 * placement, and an alias that never expires (old-codes.ts). With Redis down every call rejects; each is safe to repeat.
 */
import { LRUCache } from 'lru-cache';
import { destinationError } from '../../catalog/check-texts.ts';
import type { Domain } from '../../domains/domain.ts';
import { listDomains, ownerOf, updateDomain } from '../../domains/domain-store.ts';
import { encodeLink, isLinkId, type Link, linkKey, type NewLink } from '../../links/link.ts';
import { mintLinks, readLink } from '../../links/link-store.ts';
import { storeLinks } from '../../links/stored-links.ts';
import { hostName } from '../../platform/host.ts';
import type { BatchedReader } from '../../platform/record-cache.ts';
import { type Command, type RedisClient, runAll } from '../../platform/redis.ts';
import { recordChanges } from '../../records/record-changes.ts';
import { aliasKey, aliasKeysOf, type CodeCase, decodeAlias, encodeAlias, unfitCode } from './old-codes.ts';
import { type OldLink, RowError } from './read-import-row.ts';

/** Old links that one file's rows name again and again. */
const CACHED_MAX = 50_000;
const KEYS_PER_READ = 500;

type Reader = Pick<BatchedReader, 'read' | 'readElsewhere'>;

const inGroups = async <T, R>(items: readonly T[], of: (part: T[]) => Promise<R[]>): Promise<R[]> => {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += KEYS_PER_READ) {
    results.push(...(await of(items.slice(from, from + KEYS_PER_READ))));
  }
  return results;
};

/** The links that old links stand for, and those that the account's own link ids name. */
export class OldLinks {
  readonly #redis: RedisClient;
  readonly #reader: Reader;
  readonly #account_id: string;
  readonly #known = new LRUCache<string, { link: Link | undefined }>({ max: CACHED_MAX });

  constructor(redis: RedisClient, reader: Reader, account_id: string) {
    this.#redis = redis;
    this.#reader = reader;
    this.#account_id = account_id;
  }

  /** In order; undefined where the account has no such link. */
  async find(olds: readonly (OldLink | undefined)[]): Promise<(Link | undefined)[]> {
    const missing = new Map<string, OldLink>();
    for (const old of olds) {
      if (old !== undefined && !this.#known.has(nameOf(old))) missing.set(nameOf(old), old);
    }
    const found = new Map<string, { link: Link | undefined }>();
    await inGroups([...missing.values()], async (part) => {
      const ids = await this.#idsOf(part);
      const links = await Promise.all(
        ids.map((link_id) => (link_id === undefined ? null : readLink(this.#reader, link_id))),
      );
      for (const [i, old] of part.entries()) {
        const link = links[i];
        const own = { link: link?.account_id === this.#account_id ? link : undefined };
        found.set(nameOf(old), own);
        this.#known.set(nameOf(old), own);
      }
      return [];
    });
    return olds.map((old) => {
      if (old === undefined) return undefined;
      return (found.get(nameOf(old)) ?? this.#known.get(nameOf(old)))?.link;
    });
  }

  async #idsOf(olds: readonly OldLink[]): Promise<(string | undefined)[]> {
    const values = await runAll(
      this.#redis,
      olds.flatMap(({ host, code }) =>
        aliasKeysOf(this.#account_id, host, code).map((key): Command => ['GET', key]),
      ),
    );
    return olds.map(({ code }, i) => {
      const alias = [values[2 * i], values[2 * i + 1]].find((value) => typeof value === 'string');
      if (alias !== undefined) return decodeAlias(alias as string).link_id;
      return isLinkId(code) ? code : undefined;
    });
  }
}

const nameOf = ({ host, code }: OldLink): string => `${host}/${code}`;

/** A link to be made. */
export interface WantedLink {
  old: OldLink;
  /** The id that it gets, unless that is taken. */
  link_id: string;
  link: NewLink;
}

export interface MakingLinks {
  redis: RedisClient;
  reader: Reader;
  account_id: string;
  import_id: string;
  code_case: CodeCase;
  /** How long links stay in Redis, in seconds; ClickHouse has them for ever. */
  keep_s: number;
  /** The account's domains, by name. */
  domains: ReadonlyMap<string, Domain>;
}

export const domainsOf = async (redis: RedisClient, account_id: string): Promise<Map<string, Domain>> =>
  new Map((await listDomains(redis, account_id)).map((domain) => [domain.domain, domain]));

/** Throws RowError where the link can not be kept, for reasons that the row itself has. */
export function checkWanted({ domains }: Pick<MakingLinks, 'domains'>, { old, link }: WantedLink): void {
  const domain = domains.get(old.host);
  if (domain === undefined || domain.status === 'retired')
    throw new RowError(
      'unknown_domain',
      'the host of its short link is no domain of the account: add it with POST /v2/domains first',
    );
  const unfit = unfitCode(old.code);
  if (unfit !== '') throw new RowError('invalid_code', unfit);
  const wrong = destinationError(link.url, true);
  if (wrong !== undefined)
    throw new RowError('invalid_url', `the destination ${wrong.replace(/\{\{.*?\}\}/g, '{{…}}')}`);
}

/** What became of each wanted link, in order. `dry`: nothing is stored. `again`: an earlier try may have made them. */
export async function makeOldLinks(
  making: MakingLinks,
  wanted: readonly WantedLink[],
  { dry, again }: { dry: boolean; again: boolean },
): Promise<('added' | 'duplicate' | RowError)[]> {
  const seen = new Set<string>();
  const results = await inGroups(wanted, (part) => makeGroup(making, part, { dry, again, seen }));
  if (!dry) await noteHosts(making, wanted, results);
  return results;
}

/** Also of codes that were there before: a domain that was removed and added again has forgotten that it has some. */
async function noteHosts(
  { redis, account_id, domains }: MakingLinks,
  wanted: readonly WantedLink[],
  results: readonly ('added' | 'duplicate' | RowError)[],
): Promise<void> {
  const kept = wanted.filter((_, i) => !(results[i] instanceof RowError));
  for (const host of new Set(kept.map(({ old }) => old.host))) {
    if (domains.get(host)?.has_old_codes) continue;
    await updateDomain(redis, account_id, host, (domain) => ({ ...domain, has_old_codes: true }));
  }
}

async function makeGroup(
  making: MakingLinks,
  wanted: readonly WantedLink[],
  { dry, again, seen }: { dry: boolean; again: boolean; seen: Set<string> },
): Promise<('added' | 'duplicate' | RowError)[]> {
  const { redis, account_id, code_case } = making;
  const keys = wanted.map(({ old }) => aliasKey(account_id, old.host, old.code, code_case));
  const there = await runAll(
    redis,
    keys.map((key): Command => ['GET', key]),
  );
  const refused = await Promise.all(wanted.map((one) => whyRefused(making, one)));
  const results = wanted.map((_, i): 'added' | 'duplicate' | RowError => {
    const key = keys[i] as string;
    const text = there[i];
    const own = again && typeof text === 'string' && decodeAlias(text).import_id === making.import_id;
    if ((text !== null && !own) || seen.has(key)) return 'duplicate';
    if (!own && refused[i] !== undefined) return refused[i] as RowError;
    seen.add(key);
    return 'added';
  });
  if (dry) return results;
  const made = wanted.flatMap((one, i) => {
    if (results[i] !== 'added') return [];
    const text = there[i];
    const earlier = typeof text === 'string' ? decodeAlias(text).link_id : undefined;
    return [{ ...one, key: keys[i] as string, earlier }];
  });
  await store(making, made);
  return results;
}

/** A code that is a link of the account, and a destination that leads round in circles. */
async function whyRefused(
  { reader, redis, account_id }: MakingLinks,
  { old, link, link_id }: WantedLink,
): Promise<RowError | undefined> {
  if (isLinkId(old.code) && old.code !== link_id) {
    const own = await readLink(reader, old.code);
    if (own?.account_id === account_id)
      return new RowError('code_taken', 'its code is the id of another link of this account');
  }
  const host = hostName(new URL(link.url).host);
  if ((await ownerOf(redis, host)) === null) return undefined;
  return new RowError('invalid_url', `the destination is on ${host}, a tracking domain of this installation`);
}

interface MadeLink extends WantedLink {
  key: string;
  /** The link that an earlier try has made for it. */
  earlier: string | undefined;
}

async function store({ redis, import_id, keep_s }: MakingLinks, made: readonly MadeLink[]): Promise<void> {
  if (made.length === 0) return;
  const fresh = made.filter(({ earlier }) => earlier === undefined);
  const texts = fresh.map(({ link }) => encodeLink(link));
  const before = await storeLinks(
    redis,
    fresh.map(({ link_id }, i) => ({ link_id, text: texts[i] as string, placed: false })),
    keep_s,
  );
  const ids = new Map(made.map((one) => [one, one.earlier ?? one.link_id]));
  for (const [i, text] of before.entries()) {
    if (text === null || text === texts[i]) continue;
    // Somebody has it: one in millions.
    const one = fresh[i] as MadeLink;
    const [drawn = ''] = await mintLinks(redis, [one.link], keep_s);
    ids.set(one, drawn);
  }
  await recordChanges(redis, [...ids.values()].map(linkKey));
  await runAll(
    redis,
    made.map(
      (one): Command => [
        ...(['SET', one.key, encodeAlias({ link_id: ids.get(one) as string, import_id })] as const),
        'NX',
      ],
    ),
  );
  await recordChanges(
    redis,
    made.map(({ key }) => key),
  );
}
