/** A sending window in words: "seg–sex 09:00–18:00, sáb 09:00–12:00". */
import { zoneName } from "../format.js";
import { language } from "../preferences.js";
import { DAYS, here } from "../sending_window.js";

const MONDAY = Date.UTC(2024, 0, 1);

/** The short name of a day of the week. @param {number} place 0 is Monday */
export const weekday = (place) =>
  new Intl.DateTimeFormat(language.value, { weekday: "short", timeZone: "UTC" }).format(MONDAY + place * 86_400_000).replace(".", "");

/** @param {import("../sending_window.js").SendingWindow} window */
export function windowText({ ranges, time_zone }) {
  const hours = ranges.map(({ days, from, to }) => `${daysText(days)} ${from}–${to}`).join(", ");
  return time_zone === here() ? hours : `${hours} (${zoneName(time_zone)})`;
}

/** Three days or more in a row are a span. @param {readonly string[]} days */
function daysText(days) {
  /** @type {number[][]} */
  const spans = [];
  DAYS.forEach((day, place) => {
    if (!days.includes(day)) return;
    const last = spans.at(-1);
    if (last?.at(-1) === place - 1) last.push(place);
    else spans.push([place]);
  });
  return spans
    .flatMap((span) => (span.length > 2 ? `${weekday(span[0])}–${weekday(span[span.length - 1])}` : span.map(weekday)))
    .join(", ");
}
