/** The addresses that CLICKHOUSE_URL names: one server, or the nodes of a cluster with commas between them. Pure. */
import { isUrl } from '../platform/url.ts';

const ADDRESS = /^(https?:\/\/)((?:[^/@]*@)?)([^/@]+)(\/.*)?$/;
/** More nodes than any installation has: a list that is longer is a mistake. */
const NODES_MAX = 256;

/**
 * One address for each node, each with scheme, user, password and path of the whole: `http://user:pw@a:8123,b:8123/` names
 * two. Undefined if it can't be read, or names a node twice.
 */
export function nodeAddresses(text: string): string[] | undefined {
  const [, scheme, credentials = '', hosts, path = ''] = ADDRESS.exec(text) ?? [];
  if (scheme === undefined || hosts === undefined) return undefined;
  const nodes = hosts.split(',').map((host) => `${scheme}${credentials}${host.trim()}${path}`);
  const readable = nodes.every((node) => isUrl(node) && new URL(node).host !== '');
  if (!readable || nodes.length > NODES_MAX || new Set(nodes).size < nodes.length) return undefined;
  return nodes;
}

/** The first of them, for what needs any one. */
export const firstAddress = (text: string): string => nodeAddresses(text)?.[0] ?? text;
