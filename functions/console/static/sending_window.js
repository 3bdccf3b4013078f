/**
 * The hours of a sending window. Pure; a window has the API's shape. A range belongs to the day on which it begins, and
 * goes over midnight if `to` is not after `from`.
 *
 * @typedef {import("hidra-api").SendWindow} SendingWindow
 * @typedef {SendingWindow["ranges"][number]} Range
 */

export const DAYS = /** @type {const} */ (["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
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
function isOpen(window, weekday, minute) {
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
