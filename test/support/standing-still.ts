/**
 * A connection to Redis whose owner can be stopped before any of its commands, as SIGSTOP or a split of the network does
 * to a process, and woken whenever a test wants. What it is refused or told afterwards is real.
 */
import type { RedisClient } from '../../src/platform/redis.ts';

/** Neither sends anything by itself. */
const SILENT = new Set(['defineCommand', 'on', 'once', 'off', 'pipeline', 'disconnect']);

export interface StandingStill {
  redis: RedisClient;
  /** Resolves once it stands still. */
  stopped: Promise<void>;
  wake(): void;
  /** How often it has sent a command of this name since it woke; lower case. */
  sentSince(name: string): number;
}

/** It stands still before its command of this number, counted from 1. */
export function standStillBefore(redis: RedisClient, command: number): StandingStill {
  let sent = 0;
  let woken = false;
  const since: string[] = [];
  const stopped = Promise.withResolvers<void>();
  const waking = Promise.withResolvers<void>();
  const proxy = new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (typeof name !== 'string' || SILENT.has(name)) return value.bind(target);
      return async (...args: unknown[]): Promise<unknown> => {
        if (++sent >= command && !woken) {
          stopped.resolve();
          await waking.promise;
        }
        if (woken) since.push(name.toLowerCase());
        return value.apply(target, args);
      };
    },
  });
  return {
    redis: proxy,
    stopped: stopped.promise,
    wake() {
      woken = true;
      waking.resolve();
    },
    sentSince: (name) => since.filter((one) => one === name).length,
  };
}
