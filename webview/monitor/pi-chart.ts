/** One chart of a Pi: the mean as a line, lowest to highest as a band, gaps as gaps. */
import uPlot from 'uplot';
import type { ChartPoint, ChartSignal, PageEvent, PiMessage } from '../messages.ts';
import { make } from './make.ts';
import { CHARTS, seriesOf, thinned, valueText, wordsOf } from './series.ts';

export type PiChart = {
  readonly element: HTMLElement;
  readonly draw: (
    charts: NonNullable<PiMessage['charts']>,
    events: readonly PageEvent[],
    timeOf: (milliseconds: number) => string,
  ) => void;
  /** Ends what follows the page's theme and size. */
  readonly dispose: () => void;
};

const HEIGHT = 170;
/** Rows of the table beside a chart. */
const ROWS = 60;

export function createPiChart(signal: ChartSignal): PiChart {
  const { title } = CHARTS[signal];
  const words = make('p', { className: 'words' });
  const picture = make('div', { className: 'plot', ariaHidden: 'true' });
  const numbers = make('details', {}, make('summary', { textContent: `${title} as a table` }));
  const element = make(
    'figure',
    {},
    make('figcaption', { textContent: title }),
    words,
    picture,
    numbers,
  );
  let plot: uPlot | undefined;
  let points: readonly ChartPoint[] = [];
  let bad: readonly number[] = [];
  let range: [number, number] = [0, 1];
  let timeOf: (milliseconds: number) => string = String;

  const fillNumbers = (): void => {
    numbers.querySelector('table')?.remove();
    if (numbers.open) numbers.append(tableOf(signal, points, timeOf));
  };
  numbers.addEventListener('toggle', fillNumbers);
  const resized = new ResizeObserver(() => {
    if (picture.clientWidth > 0) plot?.setSize({ width: picture.clientWidth, height: HEIGHT });
  });
  resized.observe(picture);
  const retheme = new MutationObserver(() => plot?.redraw(false));
  retheme.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
  retheme.observe(document.body, { attributeFilter: ['class'] });

  return {
    element,
    draw: (charts, events, time) => {
      points = charts.points[signal];
      range = [charts.from, charts.to];
      timeOf = time;
      bad = events.filter(({ tone }) => tone === 'bad').map(({ at }) => Date.parse(at) / 1000);
      const text = wordsOf(signal, points);
      if (words.textContent !== text) words.textContent = text;
      const { at, low, high, mean } = seriesOf(points, charts.step);
      const data: uPlot.AlignedData = [at, low, high, mean];
      if (plot === undefined) {
        const width = Math.max(200, picture.clientWidth);
        const options = optionsOf(signal, width, { range: () => range, marks: () => bad });
        plot = new uPlot(options, data, picture);
      } else {
        plot.setData(data);
      }
      fillNumbers();
    },
    dispose: () => {
      resized.disconnect();
      retheme.disconnect();
      plot?.destroy();
    },
  };
}

/** As the style sheet says at this moment: themes change while the page is open. */
function colour(name: 'line' | 'band' | 'axis' | 'grid' | 'mark'): string {
  const probe = document.querySelector(`#colours [data-colour='${name}']`);
  return probe === null ? 'gray' : getComputedStyle(probe).color;
}

function optionsOf(
  signal: ChartSignal,
  width: number,
  now: { readonly range: () => [number, number]; readonly marks: () => readonly number[] },
): uPlot.Options {
  const { most } = CHARTS[signal];
  const axis: uPlot.Axis = {
    stroke: () => colour('axis'),
    grid: { stroke: () => colour('grid'), width: 1 },
    ticks: { stroke: () => colour('grid'), width: 1 },
  };
  const edge: uPlot.Series = { stroke: 'transparent', points: { show: false } };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: () => now.range() },
      y: {
        range: (_, low, high) =>
          most === undefined ? roomy(signal, low, high) : [0, Math.max(most, high)],
      },
    },
    axes: [
      { ...axis, values: timeLabels, space: 70 },
      { ...axis, size: 48 },
    ],
    series: [
      {},
      edge,
      edge,
      {
        stroke: () => colour('line'),
        width: 1.5,
        points: { stroke: () => colour('line'), size: 4 },
      },
    ],
    bands: [{ series: [2, 1], fill: () => colour('band') }],
    hooks: {
      draw: [
        (plot) => {
          drawMarks(plot, now.marks());
        },
      ],
    },
  };
}

/** A flat line stands in the middle, and a load begins at nothing. */
function roomy(signal: ChartSignal, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  if (signal === 'load') return [0, Math.max(1, high * 1.1)];
  return [Math.floor(low - 2), Math.ceil(high + 2)];
}

/** Hours of a day, days beyond it: 24 hours, as everywhere on the page. */
function timeLabels(_: uPlot, at: number[], __: number, ___: number, step: number): string[] {
  return at.map((seconds) => {
    const date = new Date(seconds * 1000);
    return step >= 86_400 || (date.getHours() === 0 && date.getMinutes() === 0)
      ? date.toLocaleDateString('en', { day: 'numeric', month: 'short' })
      : date.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  });
}

/** A dashed line for each bad event; what it was stands in the list below the charts. */
function drawMarks(plot: uPlot, marks: readonly number[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour('mark');
  ctx.setLineDash([4, 4]);
  for (const mark of marks) {
    const x = plot.valToPos(mark, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function tableOf(
  signal: ChartSignal,
  points: readonly ChartPoint[],
  timeOf: (milliseconds: number) => string,
): HTMLTableElement {
  const head = ['Time', 'Mean', 'Lowest', 'Highest'].map((textContent) =>
    make('th', { textContent, scope: 'col' }),
  );
  const rows = thinned(points, ROWS).map(({ at, mean, low, high }) =>
    make(
      'tr',
      {},
      make('th', { textContent: timeOf(at * 1000), scope: 'row' }),
      ...[mean, low, high].map((value) =>
        make('td', { textContent: valueText(signal, value), className: 'number' }),
      ),
    ),
  );
  return make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...rows));
}
