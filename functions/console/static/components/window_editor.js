/** The sending window of a campaign or a connection: at any time, or only in certain hours of the week. */
import { zoneName } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { DAYS, proposed } from "../sending_window.js";
import { Choice } from "./field.js";
import { Icon } from "./icon.js";
import { weekday } from "./window_words.js";

const MOST = 28;

/** @typedef {import("../sending_window.js").SendingWindow} SendingWindow */
/** @typedef {import("../sending_window.js").Range} Range */

/**
 * @param {object} props
 * @param {SendingWindow | null} props.value
 * @param {SendingWindow | null} [props.inherited] what holds without one
 * @param {boolean} [props.wrong]
 * @param {(value: SendingWindow | null) => void} props.onChange
 */
export function WindowEditor({ value, inherited = null, wrong, onChange }) {
  const options = [
    { value: "any", text: t(inherited ? "window.inherited" : "window.any") },
    { value: "hours", text: t("window.hours") },
  ];
  return html`<div class="window">
    <${Choice}
      label=${t("window.label")}
      value=${value ? "hours" : "any"}
      options=${options}
      hint=${value && t("window.zone", { zone: zoneName(value.time_zone) })}
      onChange=${(/** @type {string} */ kind) => onChange(kind === "any" ? null : inherited ?? proposed())}
    />
    ${value && html`<${Ranges} value=${value} onChange=${onChange} />`}
    ${wrong && html`<p class="error" role="alert">${t("window.wrong")}</p>`}
  </div>`;
}

/** @param {{value: SendingWindow, onChange: (value: SendingWindow) => void}} props */
function Ranges({ value, onChange }) {
  const { ranges } = value;
  /** @param {Range[]} changed */
  const put = (changed) => onChange({ ...value, ranges: changed });
  /** @param {number} index @param {Partial<Range>} changes */
  const set = (index, changes) => put(ranges.map((range, place) => (place === index ? { ...range, ...changes } : range)));
  return html`
    ${ranges.map(
      (range, index) => html`<fieldset class="range" key=${index}>
        <legend class="sr">${t("window.range", { count: index + 1 })}</legend>
        <div class="weekdays">
          ${DAYS.map(
            (day, place) => html`<label key=${day}>
              <input
                type="checkbox"
                checked=${range.days.includes(day)}
                onChange=${() =>
                  set(index, { days: DAYS.filter((each) => (each === day) !== range.days.includes(each)) })}
              />
              <span>${weekday(place)}</span>
            </label>`,
          )}
        </div>
        <div class="times">
          <input type="time" aria-label=${t("window.from")} value=${range.from} onInput=${(/** @type {any} */ event) => set(index, { from: event.target.value })} />
          <span aria-hidden="true">–</span>
          <input
            type="time"
            aria-label=${t("window.to")}
            value=${range.to === "24:00" ? "00:00" : range.to}
            onInput=${(/** @type {any} */ event) => set(index, { to: event.target.value === "00:00" ? "24:00" : event.target.value })}
          />
          ${ranges.length > 1 &&
          html`<button type="button" class="plain" aria-label=${t("window.remove", { count: index + 1 })} onClick=${() => put(ranges.filter((_, place) => place !== index))}>
            <${Icon} name="close" size=${16} />
          </button>`}
        </div>
      </fieldset>`,
    )}
    ${ranges.length < MOST &&
    html`<button type="button" class="small" onClick=${() => put([...ranges, { days: ["sat"], from: "09:00", to: "12:00" }])}>
      <${Icon} name="plus" size=${16} />${t("window.add")}
    </button>`}
  `;
}
