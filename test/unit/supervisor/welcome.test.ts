import { expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { welcome } from '../../../src/supervisor/welcome.ts';

const admin_key = `trk_${'0123456789abcdef'.repeat(2)}`;

it('shows the admin key on a terminal, ready to paste', () => {
  const text = welcome(readConfig({}), { admin_key, first_start: true, shown: true });
  expect(text).toContain(`admin key   ${admin_key}   (made now; kept in the data folder)`);
  expect(text).toContain(`-H 'X-Api-Key: ${admin_key}'`);
});

it('names the console first, and the demo', () => {
  const text = welcome(readConfig({ API_PORT: '9001' }), { admin_key, first_start: true, shown: true });
  expect(/^ {2}\w+ +(\S+)/m.exec(text)?.[1]).toBe('http://localhost:9001/');
  expect(text).toContain('npm run demo');
});

it('says where the admin key is, and not what it is, where the text is kept', () => {
  const made = welcome(readConfig({ DATA_DIR: '/var/lib/trackly' }), {
    admin_key,
    first_start: true,
    shown: false,
  });
  expect(made).not.toContain(admin_key);
  expect(made).toContain('admin key   in /var/lib/trackly/admin.key');
  expect(made).toContain(`-H "X-Api-Key: $(cat '/var/lib/trackly/admin.key')"`);
  const given = welcome(readConfig({ ADMIN_KEY: admin_key }), {
    admin_key,
    first_start: false,
    shown: false,
  });
  expect(given).not.toContain(admin_key);
  expect(given).toContain('-H "X-Api-Key: $ADMIN_KEY"');
});

it('names the listeners that are open beside the usual ones', () => {
  const text = welcome(readConfig({ METRICS_PORT: '9100', ANALYST_PORT: '8083' }), {
    admin_key,
    first_start: false,
    shown: false,
  });
  expect(text).toContain('http://localhost:9100/metrics');
  expect(text).toContain('http://localhost:8083');
});
