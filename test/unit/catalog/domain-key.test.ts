import { expect, it } from 'vitest';
import { domainKey } from '../../../src/catalog/definitions.ts';

it.each(['go.example:8080', 'GO.example', 'go.example.', 'Go.Example.:80'])(
  'finds the account of go.example for %s',
  (host) => {
    expect(domainKey(host)).toBe(domainKey('go.example'));
  },
);
