/** The days of a warm-up as a picture: a bar a day, today's marked. The same numbers stand in a table. */
import { number } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { language } from "../preferences.js";
import { dateOf, dayNumber, todayIn } from "../warm_up.js";

const SHOWN = 60;
const BEFORE_TODAY = 7;
const NUMBERED = 14; // more bars are too narrow for their numbers

/**
 * @param {object} props
 * @param {import("../warm_up.js").WarmUp} props.warmUp
 * @param {string} props.zone
 */
export function WarmUpDays({ warmUp, zone }) {
  const [table, setTable] = useState(false);
  const { since, limits } = warmUp;
  const today = dayNumber(since, todayIn(zone));
  const from = Math.max(0, Math.min(today - BEFORE_TODAY, limits.length - SHOWN));
  const days = limits.slice(from, from + SHOWN).map((limit, place) => ({ limit, index: from + place }));
  const most = Math.max(...days.map((day) => day.limit));
  const words = warmUpWords(warmUp, zone);
  return html`<figure class="warm-up">
    <p class="numbers">${words}</p>
    ${table
      ? html`<${Numbers} warmUp=${warmUp} today=${today} />`
      : html`<div class="bars ${days.length > NUMBERED ? "many" : ""}" role="img" aria-label=${t("connection.warm_up.picture", { words, days: limits.length, last: limits.at(-1) ?? 0 })}>
          ${days.map(
            ({ limit, index }) => html`<div key=${index} class="bar-day ${look(index, today)}" title=${t("connection.warm_up.bar", { day: shortDay(since, index), count: limit })}>
              <span class="bar-limit">${number(limit)}</span>
              <i style=${{ height: `${Math.max(2, (limit / most) * 100)}px` }} />
              <span class="bar-name">${index === today ? t("connection.warm_up.today") : index + 1}</span>
            </div>`,
          )}
        </div>`}
    <figcaption>
      ${!table && limits.length > SHOWN && html`<span>${t("connection.warm_up.more", { count: limits.length - SHOWN })}</span>`}
      <button type="button" class="plain" aria-expanded=${table} onClick=${() => setTable(!table)}>
        ${t(table ? "connection.warm_up.chart" : "connection.warm_up.table")}
      </button>
    </figcaption>
  </figure>`;
}

/** Where a warm-up stands. @param {import("../warm_up.js").WarmUp} warmUp @param {string} zone */
function warmUpWords({ since, limits }, zone) {
  const today = dayNumber(since, todayIn(zone));
  const days = limits.length;
  if (today < 0) return t("connection.warm_up.begins", { day: shortDay(since, 0), days, count: limits[0] });
  if (today >= days) return t("connection.warm_up.over", { day: shortDay(since, days - 1) });
  return t("connection.warm_up.now", { day: today + 1, days, count: limits[today], last: shortDay(since, days - 1) });
}

/** @param {number} index @param {number} today */
const look = (index, today) => (index === today ? "now" : index < today ? "past" : "");

/** @param {string} since @param {number} index */
const shortDay = (since, index) =>
  new Intl.DateTimeFormat(language.value, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" }).format(dateOf(since, index)).replaceAll(".", "");

/** @param {{warmUp: import("../warm_up.js").WarmUp, today: number}} props */
function Numbers({ warmUp, today }) {
  return html`<div class="table tall" role="region" aria-label=${t("connection.warm_up.title")} tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">${t("connection.warm_up.day")}</th>
          <th scope="col">${t("connection.warm_up.date")}</th>
          <th scope="col" class="number">${t("connection.warm_up.limit")}</th>
        </tr>
      </thead>
      <tbody>
        ${warmUp.limits.map(
          (limit, index) => html`<tr key=${index} aria-current=${index === today ? "date" : undefined}>
            <td class="main">${index === today ? t("connection.warm_up.day_now", { day: index + 1 }) : index + 1}</td>
            <td data-title=${t("connection.warm_up.date")}>${shortDay(warmUp.since, index)}</td>
            <td class="number" data-title=${t("connection.warm_up.limit")}>${number(limit)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
