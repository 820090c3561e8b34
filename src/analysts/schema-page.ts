/**
 * The page /schema: every documented view, table and question, to be read. Plain HTML in light and dark, for a
 * phone too, with nothing loaded from anywhere and no script.
 */
import { createHash } from 'node:crypto';
import type { Question } from './questions.ts';
import type { Schema, SchemaView } from './schema.ts';

const STYLE = `:root{color-scheme:light dark;--text:#1c1e21;--soft:#55595f;--line:#d9dce1;--back:#fff;--panel:#f5f6f8;--link:#0b57d0}
@media(prefers-color-scheme:dark){:root{--text:#e8eaed;--soft:#a9afb8;--line:#3a3f46;--back:#16181b;--panel:#1f2226;--link:#8ab4f8}}
body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:var(--back);color:var(--text)}
main,header{max-width:62rem;margin:0 auto;padding:1rem}
h1{font-size:1.6rem}h2{font-size:1.3rem;margin-top:2.5rem}h3{font-size:1.05rem;margin:2rem 0 .25rem}
p{margin:.25rem 0 .75rem}a{color:var(--link)}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;color:var(--soft);padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.85rem}
pre{background:var(--panel);padding:.75rem;overflow-x:auto;border-radius:.3rem}
nav ul{columns:16rem;padding-left:1.2rem;margin:.25rem 0}`;

export const SCHEMA_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function schemaPage({ database, views, questions }: Schema): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Trackly Links: tables, views and questions</title><style>${STYLE}</style></head>
<body><header><a class="skip" href="#content">To the content</a><h1>Tables, views and questions</h1>
<p>Database <code>${text(database)}</code>. Times are UTC. Money is never added over currencies: a thing has a row for each.</p>
<nav aria-label="On this page"><ul>
${views.map(({ name }) => `<li><a href="#${text(name)}"><code>${text(name)}</code></a></li>`).join('\n')}
</ul><ol>
${questions.map(({ title }, i) => `<li><a href="#question-${i + 1}">${text(title)}</a></li>`).join('\n')}
</ol></nav></header>
<main id="content"><h2>Views and tables</h2>
${views.map(viewSection).join('\n')}
<h2>Questions</h2>
<p>Each is run by a test. <code>{name:Type}</code> is a parameter of ClickHouse: <code>param_name=…</code> in the address.</p>
${questions.map(questionSection).join('\n')}
</main></body></html>
`;
}

function viewSection({ name, comment, columns }: SchemaView): string {
  const rows = columns.map((column) => [
    code(column.name),
    code(column.type),
    text(column.unit),
    text(column.comment),
  ]);
  return `<section aria-labelledby="${text(name)}"><h3 id="${text(name)}"><code>${text(name)}</code></h3>
<p>${text(comment)}</p>
${table(`Columns of ${name}`, ['Column', 'Type', 'Unit', 'Meaning'], rows)}</section>`;
}

function questionSection({ title, sql, columns, parameters }: Question, i: number): string {
  const given = parameters.map(({ name, type, meaning, example }) => [
    code(name),
    code(type),
    text(meaning),
    code(example),
  ]);
  return `<section aria-labelledby="question-${i + 1}"><h3 id="question-${i + 1}">${i + 1}. ${text(title)}</h3>
<pre tabindex="0" aria-label="SQL"><code>${text(sql)}</code></pre>
${given.length === 0 ? '' : table('Parameters, beside account_id', ['Parameter', 'Type', 'Meaning', 'For example'], given)}
${table(
  'The answer',
  ['Column', 'Meaning'],
  columns.map(({ name, meaning }) => [code(name), text(meaning)]),
)}</section>`;
}

/** Cells are HTML already. */
function table(caption: string, heads: string[], rows: string[][]): string {
  const cells = (row: string[]): string =>
    `<tr><th scope="row">${row[0]}</th>${row
      .slice(1)
      .map((cell) => `<td>${cell}</td>`)
      .join('')}</tr>`;
  return `<div class="wide" role="region" aria-label="${text(caption)}" tabindex="0"><table><caption>${text(caption)}</caption>
<thead><tr>${heads.map((head) => `<th scope="col">${text(head)}</th>`).join('')}</tr></thead>
<tbody>${rows.map(cells).join('\n')}</tbody></table></div>`;
}

const code = (words: string): string => `<code>${text(words)}</code>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function text(words: string): string {
  return words.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}
