/** Bars of delivered and failed messages with the limit as a line. At most 120 bars need no library: they are an SVG. */
import { clock, day, number } from "../format.js";
import { html, useMemo, useState } from "../html.js";

/** @typedef {import("./timeline_buckets.js").Bucket} Bucket */

const FEWEST = 12; // fewer bars keep the width that so many would have
const FAR = 3; // a limit so many times above the highest bar would flatten all bars
const WIDTH = 0.76; // of a bar, where 1 is the place that it has
const LINES = 4; // at most, beside the bars
const TIMES = 8; // at most, below the bars; a narrow screen shows every other one
const DAY = 1440;
/** Minutes between two times below the bars. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY];

/**
 * @param {object} props
 * @param {Bucket[]} props.bars
 * @param {number} props.size the minutes of a bar
 * @param {number} props.limit messages in a bar
 * @param {string} props.label the chart in words
 * @param {(bar: Bucket | null) => void} props.onPoint the bar that is pointed at
 */
export function Chart({ bars, size, limit, label, onPoint }) {
  const [pointed, setPointed] = useState(-1);
  const places = Math.max(FEWEST, bars.length);
  const near = isNear(bars, limit);
  const most = Math.max(...bars.map((bar) => bar.delivered + bar.failed), near ? limit : 0);
  const top = Math.max(2, most * 1.08);
  const height = (/** @type {number} */ count) => Math.round((count / top) * 10_000) / 100;
  const drawn = useMemo(() => bars.map((bar, place) => html`<${Bar} key=${bar.at} bar=${bar} x=${place} height=${height} />`), [bars, top]);
  const lines = levels(top);
  /** @param {number} place */
  const point = (place) => {
    if (place === pointed) return;
    setPointed(place);
    onPoint(bars[place] ?? null);
  };
  /** @param {any} event */
  const move = ({ clientX, currentTarget }) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    point(Math.floor(((clientX - left) / width) * places));
  };
  return html`<div class="chart" role="img" aria-label=${label}>
    <div class="plot" onPointerMove=${move} onPointerLeave=${() => point(-1)}>
      <svg viewBox=${`0 0 ${places} 100`} preserveAspectRatio="none">
        ${lines.map((count) => html`<${Line} key=${count} y=${100 - height(count)} places=${places} kind="level" />`)}
        ${bars[pointed] && html`<rect class="pointed" x=${pointed} width="1" height="100" />`}
        ${drawn}
        ${near && html`<${Line} y=${100 - height(limit)} places=${places} kind="limit" />`}
      </svg>
      ${lines.map((count) => html`<span key=${count} class="level" style=${{ bottom: `${height(count)}%` }}>${number(count)}</span>`)}
      ${times(bars[0]?.at ?? 0, size, places).map(
        ({ place, text }) => html`<span key=${place} class="moment" style=${{ left: `${(place / places) * 100}%` }}>${text}</span>`,
      )}
    </div>
  </div>`;
}

/** Whether the limit is near enough to the bars to be drawn. @param {Bucket[]} bars @param {number} limit */
export const isNear = (bars, limit) => limit <= FAR * Math.max(1, ...bars.map((bar) => bar.delivered + bar.failed));

/** The failed ones on top of the delivered. @param {{bar: Bucket, x: number, height: (count: number) => number}} props */
function Bar({ bar, x, height }) {
  const delivered = height(bar.delivered);
  const failed = height(bar.failed);
  return html`<g class="bucket">
    ${delivered > 0 && html`<rect class="delivered" x=${x} y=${100 - delivered} width=${WIDTH} height=${delivered} />`}
    ${failed > 0 && html`<rect class="failed" x=${x} y=${100 - delivered - failed} width=${WIDTH} height=${failed} />`}
  </g>`;
}

/** @param {{y: number, places: number, kind: string}} props */
const Line = ({ y, places, kind }) => html`<line class=${kind} x1="0" x2=${places} y1=${y} y2=${y} vector-effect="non-scaling-stroke" />`;

/** The round numbers beside the bars, from 0. @param {number} top */
function levels(top) {
  const power = 10 ** Math.floor(Math.log10(top / LINES));
  const step = Math.max(1, [1, 2, 5, 10].map((it) => it * power).find((it) => top / it <= LINES) ?? 10 * power);
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, place) => place * step);
}

/**
 * The round local times below the bars: the clock's, or at midnight the day where they span more than one.
 *
 * @param {number} start the first second of the first bar
 * @param {number} size
 * @param {number} places
 */
function times(start, size, places) {
  const minutes = places * size;
  const step = STEPS.find((it) => it >= size && minutes / it <= TIMES) ?? Math.ceil(minutes / TIMES / DAY) * DAY;
  return Array.from({ length: places }, (_, place) => ({ place, date: new Date((start + place * size * 60) * 1000) }))
    .filter(({ place, date }) => place < places * 0.96 && (date.getTime() / 60_000 - date.getTimezoneOffset()) % step === 0)
    .map(({ place, date }) => {
      const midnight = date.getHours() === 0 && date.getMinutes() === 0;
      return { place, text: minutes > DAY && midnight ? day(date) : clock(date) };
    });
}
