/** The days on which a campaign sends, as a picture: a line a day, a cell an hour, filled where it sends. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { language } from "../preferences.js";
import { here, openHours } from "../sending_window.js";

const SHOWN = 14;
const AXIS = [0, 6, 12, 18, 24];

/**
 * @param {object} props
 * @param {import("../sending_window.js").Plan} props.plan
 * @param {import("../sending_window.js").SendingWindow | null} props.window
 */
export function SendingDays({ plan, window }) {
  const days = plan.days.slice(0, SHOWN);
  const zone = window?.time_zone ?? here();
  const name = (/** @type {Date} */ at) =>
    new Intl.DateTimeFormat(language.value, { weekday: "short", day: "numeric", month: "numeric", timeZone: zone }).format(at).replace(/[.,]/g, "");
  const words = days.map((day) => t("days.day", { day: name(day.at), hours: spans(day.hours) })).join("; ");
  return html`<figure class="days">
    <div class="day-rows" role="img" aria-label=${words}>
      ${days.map((day) => {
        const open = window && openHours(window, day.weekday);
        return html`<div class="day" key=${day.at.toISOString()}>
          <span class="day-name">${name(day.at)}</span>
          <span class="hours">${day.hours.map((share, hour) => html`<i key=${hour} class=${look(share, !open || open[hour])} />`)}</span>
        </div>`;
      })}
      <div class="day"><span class="day-name" /><span class="marks">${AXIS.map((hour) => html`<span key=${hour}>${hour}</span>`)}</span></div>
    </div>
    <figcaption>
      ${plan.days.length > SHOWN && html`<span>${t("days.more", { count: plan.days.length - SHOWN })}</span>`}
      ${zone !== here() && html`<span>${t("days.zone", { zone })}</span>`}
    </figcaption>
  </figure>`;
}

/** @param {number} share @param {boolean} open */
const look = (share, open) => (share > 0.5 ? "full" : share > 0 ? "part" : open ? "open" : "");

/** The hours in words: 09–18. @param {number[]} hours */
function spans(hours) {
  /** @type {[number, number][]} */
  const found = [];
  hours.forEach((share, hour) => {
    const last = found.at(-1);
    if (share <= 0) return;
    if (last && last[1] === hour) last[1] = hour + 1;
    else found.push([hour, hour + 1]);
  });
  return found.map(([from, to]) => t("days.span", { from: String(from), to: String(to) })).join(", ") || t("days.nothing");
}
