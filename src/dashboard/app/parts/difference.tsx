/** What the clicks of two things are made of, side by side: shares of each, and their difference in points. */
import type { JSX } from 'react';
import type { AnswerOf } from '../api.ts';
import { count, likely, points } from '../format.ts';
import { go, type Place, withQuery } from '../location.ts';
import { t } from '../strings/strings.ts';
import { useAnswer } from '../use-answer.ts';
import { type LabelOf, useLabels } from './labels.ts';
import { reportRangeOf } from './range.tsx';
import { Answered, Empty, Failed, Loading } from './states.tsx';
import { type Column, Table } from './table.tsx';

const DIMENSIONS = ['device', 'os', 'browser', 'in_app', 'country', 'network'] as const;
type Dimension = (typeof DIMENSIONS)[number];
type Row = AnswerOf<'/v2/reports/breakdown'>['rows'][number];

/** The most of each; what only one of them has among its most is looked for in the other's, too. */
const ROWS_MAX = 200;
const ROWS_SHOWN = 12;

interface One {
  id: string;
  name: string;
}

export interface DifferenceProps {
  place: Place;
  id_name: string;
  a: One;
  b: One;
}

interface Line {
  value: string;
  name: string | null;
  a: Row | undefined;
  b: Row | undefined;
}

export function DifferenceOf({ place, id_name, a, b }: DifferenceProps): JSX.Element {
  const by = DIMENSIONS.find((one) => one === place.query['by']) ?? 'device';
  const asked = { ...reportRangeOf(place), by, limit: ROWS_MAX };
  const first = useAnswer('/v2/reports/breakdown', { ...asked, [id_name]: a.id });
  const second = useAnswer('/v2/reports/breakdown', { ...asked, [id_name]: b.id });
  const labelOf = useLabels(true);
  return (
    <section aria-labelledby="difference">
      <h2 id="difference">{t.versus.made_of}</h2>
      <div className="tools">
        <label>
          {t.slices.which}
          <select value={by} onChange={({ target }) => go(withQuery(place, { by: target.value }))}>
            {DIMENSIONS.map((one) => (
              <option key={one} value={one}>
                {t.breakdown.by[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {second.error && <Failed error={second.error} again={second.again} />}
      <Answered
        answer={first}
        show={({ rows, by: of }) => {
          // The answers may still be of another dimension, or of what was beside it before.
          if (of !== by || second.loading || second.value?.by !== by)
            return second.error === undefined && <Loading />;
          const lines = linesOf(rows, second.value.rows);
          return lines.length === 0 ? (
            <Empty>{t.breakdown.no_clicks}</Empty>
          ) : (
            <Table
              caption={`${t.versus.made_of}: ${t.breakdown.by[by]}`}
              columns={columnsOf(by, a, b, labelOf)}
              rows={lines}
            />
          );
        }}
      />
    </section>
  );
}

/** Those with the largest share in either first. */
function linesOf(of_a: readonly Row[], of_b: readonly Row[]): Line[] {
  const find = (rows: readonly Row[], value: string): Row | undefined =>
    rows.find((row) => row.value === value);
  const values = new Map([...of_b, ...of_a].map(({ value, name }) => [value, name]));
  return [...values]
    .map(([value, name]): Line => ({ value, name, a: find(of_a, value), b: find(of_b, value) }))
    .sort((one, other) => shareOf(other) - shareOf(one))
    .slice(0, ROWS_SHOWN);
}

const shareOf = ({ a, b }: Line): number => Math.max(a?.share ?? 0, b?.share ?? 0);

function columnsOf(by: Dimension, a: One, b: One, labelOf: LabelOf | undefined): Column<Line>[] {
  const cell = (row: Row | undefined): string =>
    `${likely(row?.share ?? 0)} (${count(row?.clicks_human ?? 0)})`;
  return [
    {
      name: '',
      title: t.breakdown.by[by],
      show: ({ value, name }) => labelOf?.(by, { value, name }) ?? value,
    },
    { name: '', title: a.name, number: true, show: (line) => cell(line.a) },
    { name: '', title: b.name, number: true, show: (line) => cell(line.b) },
    {
      name: '',
      title: t.versus.difference,
      number: true,
      show: (line) => t.comparing.points(points(line.b?.share ?? 0, line.a?.share ?? 0)),
    },
  ];
}
