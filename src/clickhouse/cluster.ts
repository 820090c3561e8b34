/**
 * The nodes of a ClickHouse cluster as one client. At the start every node is asked which place it has; one that belongs to
 * another cluster, to another installation, or had another place before is refused. Then each is migrated. A node that is
 * away holds nothing up if all nodes of the cluster were there before: it is checked and migrated when it comes back, before
 * anything is inserted there.
 */
import type { Logger } from '../platform/logger.ts';
import { newToken } from '../platform/random.ts';
import { ServerFault } from '../platform/server-fault.ts';
import type { ClickHouseClient, ShardNode, Shards } from './client.ts';
import { type ClusterTables, DATABASE, SHARD_DATABASE } from './cluster-ddl.ts';
import { noteOther, noteOwn, readMembers, type Slot } from './cluster-members.ts';
import { ClusterNode, intoFirstShard, isUnreachable } from './cluster-node.ts';
import { clickHouseFault } from './faults.ts';
import { assertOneServer, differentServers } from './one-server.ts';
import { ShardAwayError } from './shards.ts';

const LOOK_EVERY_MS = 1_000;

export interface ClusterOptions {
  tables: ClusterTables;
  logger: Logger;
  /** Rejects with ServerFault where a node lacks what it needs. */
  check(client: ClickHouseClient, url: string): Promise<void>;
  /** Brings the schema of a node up to date. */
  migrate(client: ClickHouseClient): Promise<void>;
}

/** A row of system.clusters. */
interface Place extends Slot {
  host: string;
  port: number;
  is_local: number;
}

const isSame = (a: Slot, b: Slot): boolean => a.shard === b.shard && a.replica === b.replica;

/** Opens the cluster whose nodes have these addresses. Rejects with ServerFault; safe to run from many processes. */
export async function openCluster(
  urls: readonly string[],
  options: ClusterOptions,
): Promise<ClickHouseClient> {
  const cluster = new Cluster(urls, options);
  try {
    await cluster.open();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

class Cluster implements ClickHouseClient {
  readonly shards: Shards;
  readonly #nodes: readonly ClusterNode[];
  readonly #options: ClusterOptions;
  /** As the first node that was asked tells; the others must tell the same. */
  #layout: { places: Place[]; url: string } | undefined;
  #installation: string | undefined;
  /** Places that some node has noted: whoever has one was there before. */
  #known: Slot[] = [];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #turn = 0;

  constructor(urls: readonly string[], options: ClusterOptions) {
    this.#options = options;
    this.#nodes = urls.map((url) => new ClusterNode(url, options.tables));
    this.shards = this.#shards();
  }

  async open(): Promise<void> {
    const nodes = this.#nodes;
    const found = await Promise.allSettled(nodes.map((node) => this.#place(node)));
    const away: ServerFault[] = [];
    for (const one of found) {
      if (one.status === 'fulfilled') continue;
      if (!(one.reason instanceof ServerFault) || !one.reason.passes) throw one.reason;
      away.push(one.reason);
    }
    const there = nodes.filter(({ slot }) => slot !== undefined);
    const [first] = there.toSorted((a, b) => orderOf(a) - orderOf(b));
    if (first === undefined) throw away[0];
    this.#assertAllListed(away.length);
    await this.#knowInstallation(there, first, away);
    for (const step of [this.#claim, this.#admit]) {
      const done = await Promise.allSettled(there.map((node) => step.call(this, node)));
      for (const [i, one] of done.entries()) {
        if (one.status === 'rejected')
          throw clickHouseFault((there[i] as ClusterNode).url, one.reason) ?? one.reason;
      }
    }
    this.#timer = setInterval(() => {
      this.#looking = this.#look();
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  query: ClickHouseClient['query'] = (params) => this.#ask((client) => client.query(params)) as never;

  command: ClickHouseClient['command'] = (params) => this.#ask((client) => client.command(params));

  insert: ClickHouseClient['insert'] = (params) =>
    this.#ask((client) => client.insert(intoFirstShard(params)));

  /** Values that stream can't be sent a second time, to another node. */
  exec: ClickHouseClient['exec'] = (params) =>
    'values' in params
      ? this.#next().reading.exec(params)
      : (this.#ask((client) => client.exec(params)) as never);

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await Promise.all(this.#nodes.map((node) => node.close()));
  }

  /** Asks any node; another one where it can't be reached, because no statement that comes here is harmed by a second run. */
  async #ask<T>(run: (client: ClickHouseClient) => Promise<T>): Promise<T> {
    for (let left = this.#nodes.length; ; left--) {
      const node = this.#next();
      try {
        return await run(node.reading);
      } catch (error) {
        if (!isUnreachable(error) || left <= 1) throw error;
      }
    }
  }

  /** They take turns, because whoever is asked puts the answers of all together. */
  #next(): ClusterNode {
    const living = this.#nodes.filter(({ lives }) => lives);
    const among = living.length === 0 ? this.#nodes : living;
    this.#turn = (this.#turn + 1) % among.length;
    return among[this.#turn] as ClusterNode;
  }

  #shards(): Shards {
    const nodes = this.#nodes;
    const cluster = this;
    const of = (shard: number): ClusterNode[] =>
      nodes
        .filter(({ slot }) => slot?.shard === shard + 1)
        .toSorted((a, b) => (a.slot?.replica ?? 0) - (b.slot?.replica ?? 0));
    return {
      get count() {
        return cluster.#count();
      },
      replicaOf(shard): ShardNode {
        if (shard >= this.count) {
          throw new ShardAwayError(shard + 1, `there are ${this.count} in remote_servers`);
        }
        const replicas = of(shard);
        const node = replicas.find(({ lives }) => lives);
        if (node !== undefined) return node.own;
        throw new ShardAwayError(
          shard + 1,
          replicas[0]?.fault ?? 'no node of it has answered since the start',
        );
      },
      all(): ShardNode[] {
        const away = nodes.find(({ lives }) => !lives);
        if (away !== undefined)
          throw new ShardAwayError(away.slot?.shard ?? 0, `${away.place}: ${away.fault}`);
        return nodes.map(({ own }) => own);
      },
      reader: () => cluster.#next().reading,
      address: () => cluster.#next().url,
      living: () => nodes.filter(({ lives }) => lives).map(({ own }) => own),
      away(): number[] {
        const numbers = Array.from({ length: this.count }, (_, shard) => shard + 1);
        return numbers.filter((number) => !of(number - 1).some(({ lives }) => lives));
      },
      troubles: () => nodes.filter(({ lives }) => !lives).map(({ place, fault }) => `${place}: ${fault}`),
    };
  }

  #count(): number {
    return new Set(this.#layout?.places.map(({ shard }) => shard)).size;
  }

  /** Finds out where a node stands. Rejects with ServerFault. */
  async #place(node: ClusterNode): Promise<void> {
    const { setup, url } = node;
    const { cluster } = this.#options.tables;
    const refuse = (found: string, advice: string, passes = false): ServerFault =>
      new ServerFault('CLICKHOUSE_URL', url, { found, advice, passes });
    try {
      await assertOneServer(url);
      await this.#options.check(setup, url);
      const places = await readPlaces(setup, cluster);
      if (places.length === 0) {
        throw refuse(
          `it knows no cluster ${cluster}`,
          'name the cluster in CLICKHOUSE_CLUSTER as its remote_servers does, or list the nodes of that cluster',
        );
      }
      if (!this.#options.tables.replicated && places.some(({ replica }) => replica > 1)) {
        throw refuse(
          'its shards have several replicas, which would hold different rows',
          'set CLICKHOUSE_REPLICATED=true, or give each shard one replica',
        );
      }
      this.#layout ??= { places, url };
      if (layoutOf(places) !== layoutOf(this.#layout.places)) {
        throw refuse(
          `its remote_servers has another list of nodes for ${cluster} than that of ${new URL(this.#layout.url).host}`,
          'give all nodes the same',
          true,
        );
      }
      const own = places.filter(({ is_local }) => is_local === 1);
      const [slot] = own;
      if (slot === undefined || own.length > 1) {
        throw refuse(
          `it is ${own.length === 0 ? 'no node' : `${own.length} nodes`} of the cluster ${cluster}`,
          'list the nodes of the cluster, and have each once in remote_servers, under its own address',
        );
      }
      const twin = this.#nodes.find(
        (one) => one !== node && one.slot !== undefined && isSame(one.slot, slot),
      );
      if (twin !== undefined) {
        throw refuse(`it is the same node as ${twin.place}`, 'list each node of the cluster once');
      }
      node.slot = { shard: slot.shard, replica: slot.replica };
    } catch (error) {
      throw clickHouseFault(url, error) ?? error;
    }
  }

  #assertAllListed(away: number): void {
    const { places, url } = this.#layout as { places: Place[]; url: string };
    const missing = places.filter((place) => !this.#nodes.some(({ slot }) => slot && isSame(slot, place)));
    const [one] = missing;
    if (one === undefined || missing.length <= away) return;
    throw new ServerFault('CLICKHOUSE_URL', url, {
      found: `replica ${one.replica} of shard ${one.shard} (${one.host}) is in remote_servers and not listed here`,
      advice: 'list every node of the cluster',
      passes: false,
    });
  }

  /** Decides which installation this is, and that nothing is away that was never there. */
  async #knowInstallation(
    there: readonly ClusterNode[],
    first: ClusterNode,
    away: readonly ServerFault[],
  ): Promise<void> {
    const members = await Promise.all(there.map(({ setup }) => readMembers(setup)));
    this.#installation = members.find(({ own }) => own !== undefined)?.own?.installation;
    this.#known = members.flatMap((one) => one.known);
    const never =
      this.#layout?.places.filter((place) => !this.#known.some((one) => isSame(one, place))) ?? [];
    const absent = never.filter((place) => !there.some(({ slot }) => slot && isSame(slot, place)));
    if (absent.length > 0 && away[0] !== undefined) throw away[0];
    this.#assertNoneLeft(first.url);
    for (const { setup, url } of there) await assertNoTables(setup, url);
    if (this.#installation === undefined) {
      const own = { installation: newToken(), ...(first.slot as Slot) };
      this.#installation = (await noteOwn(first.setup, own)).installation;
    }
  }

  /** Every report would lack the rows of a shard that left the list. */
  #assertNoneLeft(url: string): void {
    const listed = this.#layout?.places.map(({ shard }) => shard) ?? [];
    const left = this.#known.find(({ shard }) => !listed.includes(shard));
    if (left === undefined) return;
    throw new ServerFault('CLICKHOUSE_URL', url, {
      found: `shard ${left.shard} was part of this installation, and is not in remote_servers any more`,
      advice: 'put it back; to have fewer shards, restore a backup into empty servers',
      passes: false,
    });
  }

  /** Has a node note its place, after it was found to be of this installation. Rejects with ServerFault. */
  async #claim({ setup, url, slot }: ClusterNode): Promise<void> {
    const member = { installation: this.#installation ?? '', ...(slot as Slot) };
    const refuse = (found: string, advice: string): ServerFault =>
      new ServerFault('CLICKHOUSE_URL', url, { found, advice, passes: false });
    await assertNoTables(setup, url);
    const { own: before } = await readMembers(setup);
    const was_there = this.#known.some((one) => isSame(one, member));
    if (before === undefined && was_there && !this.#options.tables.replicated) {
      throw refuse(
        `it has lost the rows of shard ${member.shard}: it was part of this installation, and is empty`,
        'bring its disk back, or restore a backup into empty servers',
      );
    }
    const own = before ?? (await noteOwn(setup, member));
    if (own.installation !== member.installation) {
      throw refuse(
        'its database belongs to another installation',
        'correct the address, or give an empty server',
      );
    }
    if (!isSame(own, member)) {
      throw refuse(
        `it has the rows of replica ${own.replica} of shard ${own.shard}, and remote_servers makes it replica ${member.replica} of shard ${member.shard}`,
        'give it its place back: new shards are added at the end',
      );
    }
  }

  /** Lets a node that has claimed its place take part. */
  async #admit(node: ClusterNode): Promise<void> {
    const { setup, url } = node;
    await this.#options.migrate(setup);
    if (this.#options.tables.replicated) await catchUp(setup);
    node.identity = await assertOneServer(url);
    for (const { slot } of this.#nodes) {
      if (slot === undefined) continue;
      await noteOther(setup, { installation: this.#installation ?? '', ...slot });
      if (!this.#known.some((one) => isSame(one, slot))) this.#known.push(slot);
    }
    node.fault = undefined;
    node.missed = 0;
  }

  #look(): Promise<unknown> {
    return Promise.all(this.#nodes.map((node) => node.once(() => this.#lookAt(node))));
  }

  async #lookAt(node: ClusterNode): Promise<void> {
    const before = node.fault;
    try {
      if (node.slot === undefined || before !== undefined) {
        await node.ask();
        await this.#place(node);
        await this.#claim(node);
        await this.#admit(node);
      } else if ((await node.ask()) !== node.identity) throw differentServers(node.url);
      node.missed = 0;
    } catch (error) {
      node.note(clickHouseFault(node.url, error) ?? (error as Error));
    }
    if (node.fault !== before) this.#tell(node, before);
  }

  #tell(node: ClusterNode, before: string | undefined): void {
    const { logger } = this.#options;
    const place = { node: node.place, shard: node.slot?.shard, replica: node.slot?.replica };
    if (node.fault === undefined) logger.info(place, 'a node of ClickHouse can be used again');
    else logger.error({ ...place, found: node.fault }, 'a node of ClickHouse is away');
    // What waits for an answer there would keep others from their turn.
    if (before === undefined) node.cut();
  }
}

/** Rejects with ServerFault where the server was used alone: its tables would hide those of the shards. */
async function assertNoTables(client: ClickHouseClient, url: string): Promise<void> {
  const result = await client.query({
    query: `SELECT count() AS n FROM system.tables WHERE database = '${DATABASE}' AND engine LIKE '%MergeTree'`,
    format: 'JSONEachRow',
  });
  const [row] = await result.json<{ n: string }>();
  if (Number(row?.n) === 0) return;
  throw new ServerFault('CLICKHOUSE_URL', url, {
    found: 'it holds the tables of an installation on one server',
    advice: 'restore a backup of that into a cluster of empty servers, or leave CLICKHOUSE_CLUSTER unset',
    passes: false,
  });
}

const orderOf = ({ slot }: ClusterNode): number => (slot?.shard ?? 0) * 1_000 + (slot?.replica ?? 0);

const layoutOf = (places: readonly Place[]): string =>
  places.map(({ shard, replica, host, port }) => `${shard} ${replica} ${host} ${port}`).join('\n');

async function readPlaces(client: ClickHouseClient, cluster: string): Promise<Place[]> {
  const result = await client.query({
    query: `SELECT shard_num AS shard, replica_num AS replica, host_name AS host, port, is_local FROM system.clusters
      WHERE cluster = {cluster:String} ORDER BY shard, replica`,
    query_params: { cluster },
    format: 'JSONEachRow',
  });
  return result.json<Place>();
}

/**
 * Waits until a replica has what the others of its shard had inserted before, so that nobody reads less from it. Rejects when
 * a table does not get there within the server's receive_timeout: the node is looked at again a second later.
 */
async function catchUp(setup: ClickHouseClient): Promise<void> {
  const result = await setup.query({
    query: `SELECT name FROM system.tables WHERE database = '${SHARD_DATABASE}' AND startsWith(engine, 'Replicated')`,
    format: 'JSONEachRow',
  });
  for (const { name } of await result.json<{ name: string }>()) {
    await setup.command({ query: `SYSTEM SYNC REPLICA ${SHARD_DATABASE}.${name}` });
  }
}
