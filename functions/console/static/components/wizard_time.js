/** The third card: when it starts, how fast it goes, in which hours, and the days that it takes. */
import { duration, zoneName } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { here } from "../sending_window.js";
import { connection } from "../state.js";
import { local } from "./draft.js";
import { Choice, Field } from "./field.js";
import { NumberInput } from "./number_input.js";
import { SendingDays } from "./sending_days.js";
import { WindowEditor } from "./window_editor.js";

const HOUR = 3_600_000;

/**
 * @param {object} props
 * @param {import("./draft.js").Values} props.values
 * @param {Set<string>} props.wrong
 * @param {(changes: Partial<import("./draft.js").Values>) => void} props.change
 * @param {boolean} props.scheduled a campaign that has its time already
 * @param {import("./forecast.js").Expected} props.expected
 * @param {import("./preflight.js").Forecast} props.forecast
 */
export function Timing({ values, wrong, change, scheduled, expected, forecast }) {
  const later = scheduled || values.at !== "";
  return html`
    ${!scheduled &&
    html`<${Choice}
      label=${t("wizard.time.start")}
      value=${later ? "later" : "now"}
      options=${["now", "later"].map((value) => ({ value, text: t(`wizard.time.${value}`) }))}
      onChange=${(/** @type {string} */ kind) => change(kind === "now" ? { at: "", until: "" } : { at: tomorrow() })}
    />`}
    ${later &&
    html`<div class="pair">
      <${Moment}
        label=${t("wizard.time.at")}
        hint=${t("wizard.time.zone", { zone: zoneName(here()) })}
        error=${wrong.has("at") && t("wizard.time.at_wrong")}
        value=${values.at}
        required
        onChange=${(/** @type {string} */ at) => change({ at })}
      />
      <${Moment}
        label=${t("wizard.time.until")}
        hint=${t("wizard.time.until_hint")}
        error=${wrong.has("until") && t("wizard.time.until_wrong")}
        value=${values.until}
        onChange=${(/** @type {string} */ until) => change({ until })}
      />
    </div>`}
    <${NumberInput}
      label=${t("wizard.time.pace")}
      hint=${paceHint(values, expected)}
      error=${wrong.has("max_messages_per_minute") && t("wizard.time.pace_wrong")}
      value=${values.max_messages_per_minute}
      min=${1}
      max=${6000}
      onChange=${(/** @type {number} */ pace) => change({ max_messages_per_minute: pace })}
    />
    <${WindowEditor}
      value=${values.send_window}
      inherited=${connection.value?.send_window}
      wrong=${wrong.has("send_window")}
      onChange=${(/** @type {any} */ send_window) => change({ send_window })}
    />
    ${forecast.data &&
    forecast.data.days.length > 0 &&
    html`<section class="picture-of-days" aria-busy=${!forecast.fresh}>
      <h3>${t("wizard.time.days")}</h3>
      <${SendingDays} forecast=${forecast.data} window=${values.send_window} />
    </section>`}
  `;
}

/** @param {import("./draft.js").Values} values @param {import("./forecast.js").Expected} expected */
function paceHint(values, expected) {
  const limit = connection.value?.max_messages_per_minute;
  const slower = limit !== undefined && limit < values.max_messages_per_minute;
  const takes = expected.seconds ? t("wizard.time.takes", { count: expected.people ?? 0, duration: duration(expected.seconds) }) : "";
  return `${slower ? t("wizard.time.slower", { pace: limit }) : t("wizard.time.pace_hint")} ${takes}`;
}

/**
 * A half-typed time is empty for the browser: one that is needed keeps its value until there is another.
 *
 * @param {{label: string, hint: string, error: string | false, value: string, required?: boolean, onChange: (value: string) => void}} props
 */
function Moment({ label, hint, error, value, required = false, onChange }) {
  return html`<${Field} label=${label} hint=${hint} error=${error}>
    ${(/** @type {Record<string, any>} */ given) =>
      html`<input
        ...${given}
        type="datetime-local"
        value=${value}
        min=${local(new Date().toISOString())}
        required=${required}
        onInput=${(/** @type {any} */ event) => (event.target.value || !required) && onChange(event.target.value)}
        onBlur=${(/** @type {any} */ event) => {
          if (required && !event.target.value) event.target.value = value;
        }}
      />`}
  <//>`;
}

/** Tomorrow at nine, as a first proposal. */
function tomorrow() {
  const day = new Date(Date.now() + 24 * HOUR);
  day.setHours(9, 0, 0, 0);
  return local(day.toISOString());
}
