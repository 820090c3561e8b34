/** Markdown as HTML: nothing runs, nothing leads nowhere, anchors are those of GitHub. */
import { expect, it } from 'vitest';
import { createAnchors, renderMarkdown as render } from '../../../src/guides/render-markdown.ts';

const renderMarkdown = (text: string): string => render(text, (href) => ({ href }));

it('shows HTML as text', () => {
  const html = renderMarkdown('<script>alert(1)</script>\n\nand <b onclick="x">this</b> `<i>`\n');
  expect(html).not.toMatch(/<(script|b|i)\b/);
  expect(html).toContain('&lt;script&gt;');
});

it('shows what is not served as a path', () => {
  const path = (): { path: string } => ({ path: 'deploy/RUNBOOK.md' });
  expect(render('see [the runbook](../../deploy/RUNBOOK.md#alarms)', path)).toBe(
    '<p>see the runbook (<code>deploy/RUNBOOK.md</code>)</p>\n',
  );
  expect(render('[RUNBOOK.md](../../deploy/RUNBOOK.md)', path)).toBe(
    '<p><code>deploy/RUNBOOK.md</code></p>\n',
  );
});

it('rewrites links as it is told to', () => {
  const html = render('[bots](bots.md)', (href) => ({ href: `/guides/${href}` }));
  expect(html).toContain('<a href="/guides/bots.md">bots</a>');
});

it('lets no link leave its attribute', () => {
  expect(renderMarkdown('[x](https://a.example/?"onclick=1)')).not.toContain('"onclick');
});

it('makes tables that a keyboard can scroll', () => {
  const html = renderMarkdown('| `a` | b |\n| --- | --- |\n| 1 | `x\\|y` |\n');
  expect(html).toContain('tabindex="0"');
  expect(html).toContain('<th scope="col"><code>a</code></th>');
  expect(html).toContain('<td><code>x|y</code></td>');
});

it('keeps code as it stands', () => {
  expect(renderMarkdown('```sh\ncurl -s "$API" | head\n```\n')).toContain('curl -s &quot;$API&quot; | head');
});

it('gives headings the anchors of GitHub, also where they repeat', () => {
  const anchorOf = createAnchors();
  expect(anchorOf('As an analyst: one account, read-only')).toBe('as-an-analyst-one-account-read-only');
  expect(anchorOf("Compare a network's export")).toBe('compare-a-networks-export');
  expect(anchorOf('Rules')).toBe('rules');
  expect(anchorOf('Rules')).toBe('rules-1');
});
