/**
 * When a campaign sends: the hours of its window, and when so many seconds of sending are over. Pure; a window has the
 * API's shape. A range belongs to the day on which it begins, and goes over midnight if `to` is not after `from`.
 *
 * @typedef {{days: string[], from: string, to: string}} Range
 * @typedef {{time_zone: string, ranges: Range[]}} SendingWindow
 * @typedef {{at: Date, weekday: number, hours: number[]}} Day `hours`: the used share of each of its 24
 * @typedef {{begin: Date | null, end: Date | null, days: Day[]}} Plan `begin`: of the first message
 */

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const NAMES = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const STEP = 900_000; // every zone's offset is a multiple of a quarter
const HOUR = 3_600_000;
const LIMIT = 60 * 24 * HOUR;
const DAY_MINUTES = 1440;

/** The zone of this browser. */
export const here = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The window that an office has, as a first proposal. @returns {SendingWindow} */
export const proposed = () => ({ time_zone: here(), ranges: [{ days: DAYS.slice(0, 5), from: "09:00", to: "18:00" }] });

/** @param {string} time */
const minutes = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/**
 * Whether the window is open at this minute of this weekday (0 is Monday).
 *
 * @param {SendingWindow} window
 * @param {number} weekday
 * @param {number} minute
 */
export function isOpen(window, weekday, minute) {
  const today = DAYS[weekday];
  const yesterday = DAYS[(weekday + 6) % 7];
  return window.ranges.some(({ days, from, to }) => {
    const begin = minutes(from);
    const end = minutes(to) || DAY_MINUTES;
    if (begin < end) return days.includes(today) && begin <= minute && minute < end;
    return (days.includes(today) && minute >= begin) || (days.includes(yesterday) && minute < end);
  });
}

/** Of each hour of a weekday, whether the window is open for a part of it. @param {SendingWindow} window @param {number} weekday */
export const openHours = (window, weekday) =>
  Array.from({ length: 24 }, (_, hour) => [0, 15, 30, 45].some((minute) => isOpen(window, weekday, hour * 60 + minute)));

/** Whether each range has a day and two different times. @param {SendingWindow} window */
export const isValid = (window) =>
  window.ranges.length > 0 && window.ranges.every(({ days, from, to }) => days.length > 0 && from && to && from !== to);

/**
 * The days on which a campaign sends, its begin and its end; null if that is more than 60 days away.
 *
 * @param {Date} start
 * @param {number} seconds of sending
 * @param {SendingWindow | null} window
 * @returns {Plan}
 */
export function sendingPlan(start, seconds, window) {
  const zone = clockOf(window?.time_zone ?? here());
  /** @type {Map<string, Day>} */
  const days = new Map();
  let left = Math.max(seconds, 1) * 1000;
  let at = start.getTime();
  let begin = 0;
  while (left > 0 && at - start.getTime() < LIMIT) {
    const next = (Math.floor(at / STEP) + 1) * STEP;
    const { key, weekday, minute } = zone(at);
    const day = days.get(key) ?? { at: new Date(at), weekday, hours: Array(24).fill(0) };
    days.set(key, day);
    if (!window || isOpen(window, weekday, minute)) {
      begin ||= at;
      const used = Math.min(left, next - at);
      day.hours[Math.floor(minute / 60)] += used / HOUR;
      left -= used;
      at += used;
    } else at = next;
  }
  return { begin: begin ? new Date(begin) : null, end: left > 0 ? null : new Date(at), days: [...days.values()] };
}

/** The local day, weekday and minute of instants in a zone. @param {string} time_zone */
function clockOf(time_zone) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: time_zone,
    hourCycle: "h23",
    weekday: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (/** @type {number} */ at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return {
      key: `${parts.year}-${parts.month}-${parts.day}`,
      weekday: NAMES.indexOf(parts.weekday),
      minute: Number(parts.hour) * 60 + Number(parts.minute),
    };
  };
}
