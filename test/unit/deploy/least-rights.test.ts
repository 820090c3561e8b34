/** The users in deploy/ for servers of the operator's: what they may do is what tests run with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SYSTEM_GRANTS } from '../../../src/clickhouse/grants.ts';

const read = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../deploy', name), 'utf8');

it('clickhouse-user.sql grants exactly the rights that the embedded server gives its user', () => {
  const granted = [...read('clickhouse-user.sql').matchAll(/^GRANT (.+) TO trackly;$/gm)].map(
    ([, right]) => right,
  );
  expect(granted).toEqual(SYSTEM_GRANTS);
  expect(SYSTEM_GRANTS.filter((right) => / ON \*|\bALL\b|ACCESS|FILE|URL|REMOTE/.test(right))).toEqual([]);
});

it('redis-users.acl turns the default user off, and gives no command of administration but those of an erasure', () => {
  const [first, user = ''] = read('redis-users.acl').trim().split('\n');
  expect(first).toBe('user default off');
  const rules = user.split(' ');
  expect(rules.indexOf('-@admin')).toBeGreaterThan(rules.lastIndexOf('+@blocking'));
  expect(rules.filter((rule) => /^\+(?!@)/.test(rule)).toSorted()).toEqual([
    '+bgrewriteaof',
    '+bgsave',
    '+cluster|info',
    '+cluster|nodes',
    '+cluster|shards',
    '+cluster|slots',
    '+config|get',
    '+info',
    '+slowlog|reset',
    '+time',
  ]);
});
