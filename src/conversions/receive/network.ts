/**
 * The advertising network that reported a conversion, as a short name that reports can group by. It is what the
 * parameter `network` says, which the postback templates of each network add. Pure.
 */
import { isUnfilled } from './unfilled-macro.ts';

const LENGTH_MAX = 40;

/**
 * `[a-z0-9_-]{1,40}`, or '' where there is none. A conversion is never refused for its label: `Rakuten LS` is
 * `rakuten-ls`, and a macro that was not filled in is no name.
 */
export function networkOf(given: string | undefined): string {
  const name = given?.trim() ?? '';
  if (isUnfilled(name)) return '';
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, LENGTH_MAX)
    .replace(/-+$/, '');
}
