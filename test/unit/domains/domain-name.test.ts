import { describe, expect, it } from 'vitest';
import { DomainNameError, normalDomain, readableDomain } from '../../../src/domains/domain-name.ts';

describe('the name of a tracking domain', () => {
  it.each([
    ['go.example.com', 'go.example.com'],
    ['GO.Example.COM', 'go.example.com'],
    ['go.example.com.', 'go.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example', 'xn--bcher-kva.example'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['brand.co.uk', 'brand.co.uk'],
    ['links.brand.github.io', 'links.brand.github.io'],
    ['go.brand.test', 'go.brand.test'],
  ])('%s is stored as %s', (text, name) => {
    expect(normalDomain(text)).toBe(name);
    expect(normalDomain(name)).toBe(name);
  });

  it.each([
    ['go.example.com:8080', 'has a port'],
    ['go.example.com:', 'has a port'],
    ['https://go.example.com', 'is an address'],
    ['go.example.com/path', 'is an address'],
    ['me@example.com', 'is an address'],
    ['192.0.2.1', 'is an IP address'],
    ['[2001:db8::1]', 'is an IP address'],
    ['2001:db8::1', 'is an IP address'],
    ['0x7f.1', 'is'],
    ['co.uk', 'is a public suffix'],
    ['com', 'is not a name'],
    ['github.io', 'is a public suffix'],
    ['localhost', 'is not a name'],
    ['*.example.com', 'is not a name'],
    ['_dmarc.example.com', 'is not a name'],
    ['-go.example.com', 'is not a name'],
    ['go..example.com', 'is not a name'],
    [`${'a'.repeat(64)}.example.com`, 'is not a name'],
    [`${'a.'.repeat(130)}com`, 'is not a name'],
    ['', 'is not a name'],
    ['go.example.com\u0000', 'is'],
  ])('%j is refused: it %s', (text, why) => {
    expect(() => normalDomain(text)).toThrow(DomainNameError);
    expect(() => normalDomain(text)).toThrow(why);
  });

  it('is shown as people read it', () => {
    expect(readableDomain('xn--bcher-kva.example')).toBe('bücher.example');
  });
});
