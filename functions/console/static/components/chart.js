/** Bars of delivered and failed messages with the limit as a line. The library is loaded with the first chart. */
import { clock, day, number } from "../format.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { language, theme } from "../preferences.js";

/** @typedef {import("./timeline_buckets.js").Bucket} Bucket */

const HEIGHT = 180;
const FEWEST = 12; // fewer bars keep the width that so many would have
const FAR = 3; // a limit so many times above the highest bar would flatten all bars

/**
 * @param {object} props
 * @param {Bucket[]} props.bars
 * @param {number} props.size the minutes of a bar
 * @param {number} props.limit messages in a bar
 * @param {string} props.label the chart in words
 * @param {(bar: Bucket | null) => void} props.onPoint the bar that is pointed at
 */
export function Chart({ bars, size, limit, label, onPoint }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const chart = useRef(/** @type {any} */ (null));
  const latest = useRef({ bars, size, onPoint });
  latest.current = { bars, size, onPoint };
  const [library, setLibrary] = useState(/** @type {any} */ (null));
  const dark = useDark();

  useEffect(() => {
    let here = true;
    import("uplot").then(({ default: uPlot }) => here && setLibrary(() => uPlot));
    return () => {
      here = false;
    };
  }, []);

  useEffect(() => {
    const element = place.current;
    if (!library || !element) return;
    chart.current = new library(options(library, element, latest), data(latest.current, limit), element);
    const watch = new ResizeObserver(() => chart.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [library, dark, language.value]);

  useEffect(() => {
    chart.current?.setData(data({ bars, size }, limit));
  }, [bars, size, limit]);

  return html`<div class="chart" role="img" aria-label=${label} ref=${place} />`;
}

/** Whether the limit is near enough to the bars to be drawn. @param {Bucket[]} bars @param {number} limit */
export const isNear = (bars, limit) => limit <= FAR * Math.max(1, ...bars.map((bar) => bar.delivered + bar.failed));

/**
 * Times, the failed ones on top of the delivered, the delivered, the limit.
 *
 * @param {{bars: Bucket[], size: number}} shown
 * @param {number} limit
 */
function data({ bars, size }, limit) {
  const missing = Math.max(0, FEWEST - bars.length);
  const times = [...bars.map((bar) => bar.at)];
  for (let more = 1; more <= missing; more++) times.push((bars[bars.length - 1]?.at ?? 0) + more * size * 60);
  const nothing = Array.from({ length: missing }, () => null);
  const sums = bars.map((bar) => bar.delivered + bar.failed);
  const near = isNear(bars, limit);
  return [
    times,
    [...sums, ...nothing],
    [...bars.map((bar) => bar.delivered), ...nothing],
    times.map(() => (near ? limit : null)),
  ];
}

/**
 * @param {any} library
 * @param {HTMLElement} element
 * @param {{current: {bars: Bucket[], size: number, onPoint: (bar: Bucket | null) => void}}} latest
 */
function options(library, element, latest) {
  const paths = library.paths.bars({ size: [0.76, 48], align: 1 });
  const points = { show: false };
  const text = colour(element, "--quiet");
  const font = `12px ${getComputedStyle(element).fontFamily}`;
  const axis = { stroke: text, font, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 28, 0, 0], // half of the last time below the axis
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    hooks: { setCursor: [(/** @type {any} */ made) => latest.current.onPoint(latest.current.bars[made.cursor.idx] ?? null)] },
    scales: {
      x: {
        range: (/** @type {any} */ made, /** @type {number} */ low, /** @type {number} */ high) => [
          low,
          high + latest.current.size * 60,
        ],
      },
      y: { range: (/** @type {any} */ made, /** @type {number} */ low, /** @type {number} */ high) => [0, Math.max(2, high * 1.08)] },
    },
    axes: [
      { ...axis, size: 28, grid: { show: false }, space: 88, values: (/** @type {any} */ made, /** @type {number[]} */ at) => at.map(tick(at)) },
      {
        ...axis,
        size: 52,
        grid: { stroke: colour(element, "--line"), width: 1 },
        incrs: [1, 2, 5].flatMap((step) => [1, 10, 100, 1000, 10_000, 100_000].map((power) => step * power)).sort((a, b) => a - b),
        values: (/** @type {any} */ made, /** @type {number[]} */ at) => at.map((value) => number(value)),
      },
    ],
    series: [
      {},
      { fill: colour(element, "--red"), width: 0, paths, points },
      { fill: colour(element, "--green"), width: 0, paths, points },
      { stroke: colour(element, "--strong-line"), width: 1.5, dash: [5, 4], points },
    ],
  };
}

/** The clock's time, or at midnight the day where the axis spans more than one. @param {number[]} at */
const tick = (at) => {
  const days = at.length > 1 && at[at.length - 1] - at[0] >= 86_400;
  return (/** @type {number} */ second) => {
    const date = new Date(second * 1000);
    return days && date.getHours() === 0 && date.getMinutes() === 0 ? day(date) : clock(date);
  };
};

/** A colour of the styles as a canvas takes it. @param {HTMLElement} element @param {string} name */
function colour(element, name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  element.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** Whether the page is dark now; a chart's colours are painted, so it is drawn anew. */
function useDark() {
  const [system, setSystem] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const change = () => setSystem(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  return theme.value === "system" ? system : theme.value === "dark";
}
