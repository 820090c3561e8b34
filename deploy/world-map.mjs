/**
 * The countries of the world as SVG paths, from Natural Earth's public-domain outlines (npm world-atlas) in the Equal Earth
 * projection: equal areas, so that a shade says the same everywhere. The build of the console makes a module of it; nothing
 * is read while the console runs. Pure, but for reading the packages.
 */
import { createRequire } from 'node:module';
import iso from 'iso-3166-1';
import { feature } from 'topojson-client';

/** Units of the paths; a phone shows one to three of them a pixel. */
const WIDTH = 1_000;
/** Without Antarctica, where nobody taps, and which would take a fifth of the height. */
const LEFT_OUT = new Set(['010']);
/** Outlines without a number in ISO 3166; codes are those that the data on addresses uses. */
const UNNUMBERED = { Kosovo: 'XK', 'N. Cyprus': 'CY', Somaliland: 'SO' };

/** French Guiana is a part of France in the outlines, and a place of its own in the data on addresses. */
const codeOf = (code, ring) => (code === 'FR' && ring[0][0] < -30 ? 'GF' : code);

/** Šavrič, Patterson, Jenny (2018), "The Equal Earth map projection", IJGIS 33, 454-465, equation 7. */
const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const HALF_ROOT_3 = Math.sqrt(3) / 2;

function project([longitude, latitude]) {
  const theta = Math.asin(HALF_ROOT_3 * Math.sin((latitude * Math.PI) / 180));
  const t2 = theta * theta;
  const t6 = t2 * t2 * t2;
  const x =
    ((longitude * Math.PI) / 180) *
    (Math.cos(theta) / (HALF_ROOT_3 * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2))));
  return [x, -theta * (A1 + A2 * t2 + t6 * (A3 + A4 * t2))];
}

const SCALE = WIDTH / (2 * project([180, 0])[0]);

/** `{width, top, height, shapes: [code, path][]}`; outlines of one code are one shape, '' of none. */
export function worldMap() {
  const atlas = createRequire(import.meta.url)('world-atlas/countries-110m.json');
  const shapes = new Map();
  let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { id, properties, geometry } of feature(atlas, atlas.objects.countries).features) {
    if (LEFT_OUT.has(id)) continue;
    const code = (id === undefined ? UNNUMBERED[properties.name] : iso.whereNumeric(id)?.alpha2) ?? '';
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    for (const ring of polygons.flat()) {
      const points = unwrapped(ring).map((place) => project(place).map((value) => Math.round(value * SCALE)));
      for (const [, y] of points) [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
      const place = codeOf(code, ring);
      shapes.set(place, (shapes.get(place) ?? '') + pathOf(points));
    }
  }
  return {
    width: WIDTH,
    top,
    height: bottom - top,
    shapes: [...shapes].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** A ring that crosses the 180th meridian goes on beyond it, instead of back around the world. */
function unwrapped(ring) {
  let turn = 0;
  return ring.map(([longitude, latitude], i) => {
    const step = i === 0 ? 0 : longitude - ring[i - 1][0];
    if (Math.abs(step) > 180) turn -= 360 * Math.sign(step);
    return [longitude + turn, latitude];
  });
}

/** Closed, with relative steps; what is smaller than a unit vanishes. */
function pathOf(points) {
  const steps = [];
  let [x, y] = points[0];
  for (const [to_x, to_y] of points.slice(1)) {
    if (to_x === x && to_y === y) continue;
    steps.push(`${to_x - x} ${to_y - y}`);
    [x, y] = [to_x, to_y];
  }
  return steps.length < 3 ? '' : `M${points[0][0]} ${points[0][1]}l${steps.slice(0, -1).join(' ')}z`;
}
