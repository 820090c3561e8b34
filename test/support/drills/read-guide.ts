/** The blocks of the guides that are pasted into machines, in their order, with the step that each belongs to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const GUIDES = join(import.meta.dirname, '../../../src/guides');
const PAGES = ['production.md', 'upgrade-and-move.md'];

export interface Block {
  /** The heading above it: `3. Redis`. */
  step: string;
  /** Its first line: `on back`. */
  where: string;
  text: string;
}

export function readGuide(): Block[] {
  const blocks: Block[] = [];
  let step = '';
  let open: string[] | undefined;
  const text = PAGES.map((page) => readFileSync(join(GUIDES, page), 'utf8')).join('\n');
  for (const line of text.split('\n')) {
    if (open === undefined && line.startsWith('## ')) step = line.slice(3);
    if (line === '```bash') open = [];
    else if (line === '```' && open !== undefined) {
      const [where = '', ...rest] = open;
      blocks.push({ step, where: where.replace(/^# /, ''), text: rest.join('\n') });
      open = undefined;
    } else open?.push(line);
  }
  return blocks;
}
