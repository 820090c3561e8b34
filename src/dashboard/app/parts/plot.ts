/** uPlot and its sheet: a chunk of its own, because it is as large as all the rest of a page. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Draws into a box; the caller destroys what it gets. */
export const plot = (options: uPlot.Options, data: uPlot.AlignedData, box: HTMLElement): uPlot =>
  new uPlot(options, data, box);
