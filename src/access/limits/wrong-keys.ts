/**
 * Counts the wrong keys that an address has sent to this process. Beyond the bound further wrong keys get 429; a valid
 * key from the same address is never refused, so it is asked only after a key was found wrong. Bounded: the addresses
 * seen longest ago are forgotten. An IPv6 network of /64 counts as one address.
 */
import { LRUCache } from 'lru-cache';
import { parseAddress } from '../../bots/networks/address.ts';

export interface WrongKeyBound {
  window_ms: number;
  /** For one address. */
  each_max: number;
  /** Addresses that are remembered. */
  addresses_max: number;
}

export class WrongKeys {
  readonly #each_max: number;
  readonly #counts: LRUCache<string, { count: number }>;

  constructor({ window_ms, each_max, addresses_max }: WrongKeyBound) {
    this.#each_max = each_max;
    this.#counts = new LRUCache({ max: addresses_max, ttl: window_ms });
  }

  /** Notes a wrong key. Seconds until the address is answered again, or 0 if it is not over the bound. */
  note(address: string): number {
    const network = networkOf(address);
    const known = this.#counts.get(network);
    if (known === undefined) {
      this.#counts.set(network, { count: 1 });
      return 0;
    }
    known.count++;
    if (known.count <= this.#each_max) return 0;
    return Math.max(1, Math.ceil(this.#counts.getRemainingTTL(network) / 1_000));
  }
}

function networkOf(text: string): string {
  const address = parseAddress(text);
  return address !== undefined && 'high' in address ? `${address.high}:${address.low}` : text;
}
