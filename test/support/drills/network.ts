/**
 * Machines of a drill: network namespaces on one switch, which is a namespace too, so that all cables go with it. This process has
 * a cable of its own, at the first address. A cable that is cut drops every packet without a word: neither side gets a reset.
 * Linux, as root.
 */
import { execFileSync } from 'node:child_process';
import type { LeftBehind } from './left-behind.ts';

const run = (...words: [string, ...string[]]): string =>
  execFileSync(words[0], words.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export interface Machine {
  namespace: string;
  address: string;
  /** Drops all packets from and to other machines: to these addresses only, if some are given. */
  cut(addresses?: readonly string[]): void;
  join(): void;
}

export interface Network {
  /** The address of this process. */
  address: string;
  machines: readonly Machine[];
}

/** `10.213.<process>.0/24`: `names` begin at .2. */
export function makeNetwork(left: LeftBehind, names: readonly string[]): Network {
  const id = process.pid % 250;
  const label = `trk${process.pid}`;
  const addressOf = (n: number): string => `10.213.${id}.${n}`;
  const addNamespace = (name: string): string => {
    const namespace = `${label}-${name}`;
    left.note({ kind: 'namespace', name: namespace });
    run('ip', 'netns', 'add', namespace);
    run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
    return namespace;
  };
  const net = addNamespace('net');
  run('ip', '-n', net, 'link', 'add', 'br0', 'type', 'bridge');
  run('ip', '-n', net, 'link', 'set', 'br0', 'up');
  /** A cable from the switch to `namespace`, or to this process's own. */
  const plug = (n: number, namespace: string | undefined): void => {
    const end = namespace === undefined ? `trk${id}h` : 'eth0';
    const there = namespace === undefined ? [] : ['-n', namespace];
    run('ip', '-n', net, 'link', 'add', `port${n}`, 'type', 'veth', 'peer', 'name', `t${id}p${n}`);
    run('ip', '-n', net, 'link', 'set', `port${n}`, 'master', 'br0', 'up');
    run('ip', '-n', net, 'link', 'set', `t${id}p${n}`, 'netns', namespace ?? String(process.pid));
    run('ip', ...there, 'link', 'set', `t${id}p${n}`, 'name', end);
    run('ip', ...there, 'address', 'add', `${addressOf(n)}/24`, 'dev', end);
    run('ip', ...there, 'link', 'set', end, 'up');
  };
  plug(1, undefined);
  const machines = names.map((name, i): Machine => {
    const namespace = addNamespace(name);
    plug(i + 2, namespace);
    return { namespace, address: addressOf(i + 2), ...cable(namespace) };
  });
  return { address: addressOf(1), machines };
}

function cable(namespace: string): Pick<Machine, 'cut' | 'join'> {
  const nft = (rule: string): string => run('ip', 'netns', 'exec', namespace, 'nft', rule);
  return {
    cut(addresses) {
      const among = addresses === undefined ? '' : `{ ${addresses.join(', ')} }`;
      nft('add table ip drill');
      for (const [hook, device, side] of [
        ['input', 'iifname', 'saddr'],
        ['output', 'oifname', 'daddr'],
      ]) {
        nft(`add chain ip drill ${hook} { type filter hook ${hook} priority 0; policy accept; }`);
        const which = among === '' ? `${device} != "lo"` : `ip ${side} ${among}`;
        nft(`add rule ip drill ${hook} ${which} drop`);
      }
    },
    join: () => void nft('delete table ip drill'),
  };
}
