/** Commands that the console gives to be pasted into a shell. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { curlOf } from '../../../src/dashboard/app/curl.ts';

it('a request goes through a shell as it is', () => {
  const command = curlOf("https://a.example/v2?q=it's&a=$b", { name: "it's" });
  const words = execFileSync('sh', ['-c', `${command.replace(/^curl/, "printf '%s\\n'")}`], {
    env: { ...process.env, TRACKLY_API_KEY: 'trk_1' },
    encoding: 'utf8',
  });
  expect(words.trim().split('\n')).toEqual([
    ...['-H', 'X-Api-Key: trk_1', "https://a.example/v2?q=it's&a=$b"],
    ...['-H', 'Content-Type: application/json', '-d', '{"name":"it\'s"}'],
  ]);
});
