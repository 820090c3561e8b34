/**
 * The page /schema: every documented view, table and question, as a plain page made from what schema.ts reads. Pure.
 */
import { plainPage, htmlText as text } from '../platform/plain-page.ts';
import type { Question } from './questions.ts';
import type { Schema, SchemaView } from './schema.ts';

export function schemaPage({ database, views, questions }: Schema): string {
  return plainPage({
    title: 'Trackly Links: tables, views and questions',
    header: `<h1>Tables, views and questions</h1>
<p>Database <code>${text(database)}</code>. Times are UTC. Money is never added over currencies: a thing has a row for each.
<a href="/guides/query-with-sql">How to ask with your own SQL.</a></p>
<nav aria-label="On this page"><ul>
${views.map(({ name }) => `<li><a href="#${text(name)}"><code>${text(name)}</code></a></li>`).join('\n')}
</ul><ol>
${questions.map(({ title }, i) => `<li><a href="#question-${i + 1}">${text(title)}</a></li>`).join('\n')}
</ol></nav>`,
    main: `<h2>Views and tables</h2>
${views.map(viewSection).join('\n')}
<h2>Questions</h2>
<p>Each is run by a test. <code>{name:Type}</code> is a parameter of ClickHouse: <code>param_name=…</code> in the address.</p>
${questions.map(questionSection).join('\n')}
`,
  });
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
