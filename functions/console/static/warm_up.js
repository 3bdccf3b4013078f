/**
 * The days of a warm-up, and what a person types for them. Pure.
 *
 * @typedef {{since: string, limits: number[]}} WarmUp `since` is a local date; the API's shape
 */

/** The ladder that the API offers a new number. */
export const LADDER = [20, 40, 80, 120, 160, 200, 250, 300, 400, 500, 600, 700, 850, 1000];

const DAY = 86_400_000;
const MOST_DAYS = 365;
const MOST = 1_000_000;

/** The local date of a zone, as 2026-12-01. @param {string} zone @param {Date} [now] */
export const todayIn = (zone, now = new Date()) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);

/** How many days after `since` a date is. @param {string} since @param {string} date */
export const dayNumber = (since, date) => Math.round((Date.parse(date) - Date.parse(since)) / DAY);

/** The date so many days after `since`, at midnight in UTC. @param {string} since @param {number} index */
export const dateOf = (since, index) => new Date(Date.parse(since) + index * DAY);

/** The limits as a person types them: "20, 40, 80". @param {number[]} limits */
export const written = (limits) => limits.join(", ");

/** The limits of a text, or null if it is not 1 to 365 whole numbers; 1.000 is a thousand. @param {string} text */
export function limitsOf(text) {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  const limits = words.map((word) => (/^\d{1,3}(\.\d{3})+$|^\d+$/.test(word) ? Number(word.replaceAll(".", "")) : NaN));
  const good = limits.length >= 1 && limits.length <= MOST_DAYS && limits.every((limit) => limit >= 1 && limit <= MOST);
  return good ? limits : null;
}
