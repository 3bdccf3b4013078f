/** Minutes put together into few enough bars. */

/** @typedef {{timestamp: string, delivered: number, failed: number}} Point a minute */
/** @typedef {{at: number, delivered: number, failed: number}} Bucket `at`: its first second, of the epoch */

const MOST = 120;
/** Minutes in a bar. */
const SIZES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 40_320];

/**
 * At most 120 bars of one length that begin on round local times, minutes without a point included; their sums are
 * those of the points.
 *
 * @param {Point[]} points by their time
 * @param {Date} [until] the bars reach to here, if it is later than the last point
 * @returns {{size: number, bars: Bucket[]}} `size`: the minutes of a bar
 */
export function bucketed(points, until) {
  if (!points.length) return { size: 1, bars: [] };
  const minute = (/** @type {number} */ instant) => Math.floor(instant / 60_000);
  const zone = -new Date(points[0].timestamp).getTimezoneOffset();
  const first = minute(Date.parse(points[0].timestamp)) + zone;
  const last = Math.max(minute(Date.parse(points[points.length - 1].timestamp)), until ? minute(until.getTime()) : 0) + zone;
  const index = (/** @type {number} */ at, /** @type {number} */ size) => Math.floor(at / size) - Math.floor(first / size);
  const size = SIZES.find((it) => index(last, it) < MOST) ?? Math.ceil((last - first + 1) / (MOST - 1));
  const start = Math.floor(first / size) * size - zone;
  const bars = Array.from({ length: index(last, size) + 1 }, (_, place) => ({
    at: (start + place * size) * 60,
    delivered: 0,
    failed: 0,
  }));
  for (const point of points) {
    const bar = bars[index(minute(Date.parse(point.timestamp)) + zone, size)];
    bar.delivered += point.delivered;
    bar.failed += point.failed;
  }
  return { size, bars };
}
