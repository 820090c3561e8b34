/** A fresh machine starts while Redis is away: every role waits and says for what, and starts when Redis comes. */
import type { Drill } from '../support/drills/drill.ts';
import { lineOf, says } from '../support/drills/expect-refused.ts';

const AWAY_S = 20;
const WAITING = /waiting: REDIS_URL/;

export const startWithoutRedis: Drill = {
  name: 'start-without-redis',
  about: 'a fresh machine starts while Redis is away',
  async run(stage) {
    await stage.startServers();
    await stage.redis.kill();
    await stage.addRoles();
    const roles = stage.installation.roles.filter(({ role }) => role !== 'clickhouse');
    for (const { name, program } of roles) {
      await says(program, WAITING);
      stage.see(`${name}: ${lineOf(program, WAITING)}`);
    }
    await stage.wait(AWAY_S);
    for (const { name, program } of roles) {
      if (!program.runs()) throw new Error(`${name} has ended:\n${program.output().slice(-2_000)}`);
    }
    const began = performance.now();
    await stage.redis.start();
    for (const { untilReady } of roles) await untilReady();
    const took_s = Math.round((performance.now() - began) / 1_000);
    stage.see(`every role is ready ${took_s} s after Redis came`);
    await stage.startTaps();
    await stage.silence();
  },
};
