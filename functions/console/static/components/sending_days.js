/** The days on which a campaign sends, as the API foresees them: a line a day, a cell an hour, filled where it sends. */
import { number, zoneName } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { language } from "../preferences.js";
import { here, openHours } from "../sending_window.js";
import { connection } from "../state.js";

const SHOWN = 14;
const AXIS = [0, 6, 12, 18, 24];

/** @typedef {import("hidra-api").Preflight} Preflight */
/** @typedef {import("hidra-api").ForecastDay} Day */

/**
 * @param {object} props
 * @param {Preflight} props.forecast
 * @param {import("../sending_window.js").SendingWindow | null} props.window the campaign's own
 */
export function SendingDays({ forecast, window }) {
  const { time_zone: zone } = forecast;
  const days = forecast.days.slice(0, SHOWN);
  const holds = window ?? connection.value?.send_window ?? null;
  const words = days.map((day) => described(day, zone)).join("; ");
  return html`<figure class="days">
    <div class="day-rows" role="img" aria-label=${words}>
      ${days.map((day) => {
        const open = holds && openHours(holds, (noon(day).getUTCDay() + 6) % 7);
        return html`<div class="day" key=${day.date}>
          <span class="day-name">${name(day)}</span>
          <span class="hours">${shares(day, zone).map((share, hour) => html`<i key=${hour} class=${look(share, !open || open[hour])} />`)}</span>
          <span class="day-count numbers">${number(day.messages)}</span>
        </div>`;
      })}
      <div class="day"><span class="day-name" /><span class="marks">${AXIS.map((hour) => html`<span key=${hour}>${hour}h</span>`)}</span><span class="day-count" /></div>
    </div>
    <figcaption>
      ${forecast.days.length > SHOWN && html`<span>${t("days.more", { count: forecast.days.length - SHOWN })}</span>`}
      ${zone !== here() && html`<span>${zoneName(zone)}</span>`}
    </figcaption>
  </figure>`;
}

/** @param {Day} day */
const noon = ({ date }) => new Date(`${date}T12:00Z`);

/** @param {Day} day */
const name = (day) =>
  new Intl.DateTimeFormat(language.value, { weekday: "short", day: "numeric", month: "numeric", timeZone: "UTC" }).format(noon(day)).replace(/[.,]/g, "");

/** @param {Day} day @param {string} timeZone */
function described(day, timeZone) {
  const time = new Intl.DateTimeFormat(language.value, { hour: "2-digit", minute: "2-digit", timeZone });
  return t("days.day", { day: name(day), count: day.messages, from: time.format(new Date(day.from)), to: time.format(new Date(day.until)) });
}

/** Of each hour of the day, which share lies between the first and the last message. @param {Day} day @param {string} zone */
function shares(day, zone) {
  const [from, to] = [hourOf(day.from, day, zone), hourOf(day.until, day, zone)];
  // Of a single message, too, something is seen.
  return Array.from({ length: 24 }, (_, hour) => (Math.floor(from) === hour ? 0.01 : 0) + Math.max(0, Math.min(to, hour + 1) - Math.max(from, hour)));
}

/** The hour of an instant on this day's clock; 24 if it lies on the next day. @param {string} at @param {Day} day @param {string} timeZone */
function hourOf(at, day, timeZone) {
  const local = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone }).format(new Date(at));
  const [date, clock] = local.split(" ");
  return date === day.date ? Number(clock.slice(0, 2)) + Number(clock.slice(3)) / 60 : 24;
}

/** Hours in which the window is closed stay empty. @param {number} share @param {boolean} open */
const look = (share, open) => (!open ? "" : share > 0.5 ? "full" : share > 0 ? "part" : "open");
