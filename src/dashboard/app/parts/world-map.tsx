/**
 * Countries on a map, by their shares; loaded when it is first shown. It shows what the list beside it says, and a click on
 * a country filters as its bar does: the keyboard and screen readers have the list.
 */

import map from 'virtual:world-map';
import type { JSX } from 'react';
import { count } from '../format.ts';
import { depthOf, shadesOf } from '../shades.ts';
import { t } from '../strings/strings.ts';
import { Legend } from './heat.tsx';

/** Of the colour of the country with the deepest shade. */
const FILL_PERCENT_MAX = 90;

export interface WorldMapProps {
  /** By ISO 3166 code. */
  countries: ReadonlyMap<string, { value: number; label: string }>;
  chosen: readonly string[];
  pick: (code: string) => void;
}

export function WorldMap({ countries, chosen, pick }: WorldMapProps): JSX.Element {
  const shades = shadesOf([...countries.values()].map(({ value }) => value));
  return (
    <div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the list beside it does the same by keyboard */}
      <svg
        className="map"
        viewBox={`${-map.width / 2} ${map.top} ${map.width} ${map.height}`}
        role="img"
        aria-label={t.breakdown.map}
        onClick={(event) => {
          const { code } = (event.target as SVGElement).dataset;
          if (code !== undefined) pick(code);
        }}
      >
        {map.shapes.map(([code, path]) => {
          const country = countries.get(code);
          return (
            <path
              key={code}
              d={path}
              data-code={country && code}
              className={chosen.includes(code) ? 'chosen' : undefined}
              style={{ fill: colourOf(depthOf(country?.value ?? 0, shades)) }}
            >
              {country && <title>{country.label}</title>}
            </path>
          );
        })}
      </svg>
      <Legend shades={shades} scale={count} colour={(depth) => ({ backgroundColor: colourOf(depth) })} />
    </div>
  );
}

const colourOf = (depth: number): string =>
  `color-mix(in srgb, var(--main) ${Math.round(depth * FILL_PERCENT_MAX)}%, var(--line))`;
