/** A warm-up: from when on, and the most messages of each of its days, with their picture while one types. */
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { LADDER, limitsOf, todayIn, written } from "../warm_up.js";
import { Choice, Field } from "./field.js";
import { WarmUpDays } from "./warm_up_days.js";

/**
 * @typedef {object} Draft
 * @property {string} since a date, or empty while there is none
 * @property {string} text the limits as they are typed
 */

/** What a person begins with. @param {string} zone @returns {Draft} */
const offered = (zone) => ({ since: todayIn(zone), text: written(LADDER) });

/**
 * @param {object} props
 * @param {Draft | null} props.value null: no warm-up
 * @param {string} props.zone
 * @param {{since?: string, limits?: string}} props.wrong
 * @param {(value: Draft | null) => void} props.onChange
 */
export function WarmUpEditor({ value, zone, wrong, onChange }) {
  // What was there comes back with a change of mind.
  const [last, setLast] = useState(value);
  const limits = value && limitsOf(value.text);
  /** @param {Partial<Draft>} changes */
  const change = (changes) => {
    const changed = { ...(value ?? offered(zone)), ...changes };
    setLast(changed);
    onChange(changed);
  };
  return html`<div class="window">
    <${Choice}
      label=${t("connection.warm_up.title")}
      value=${value ? "on" : "off"}
      options=${["off", "on"].map((kind) => ({ value: kind, text: t(`connection.warm_up.${kind}`) }))}
      hint=${t("connection.warm_up.hint")}
      onChange=${(/** @type {string} */ kind) => onChange(kind === "on" ? last ?? offered(zone) : null)}
    />
    ${value &&
    html`
      <${Field} label=${t("connection.warm_up.since")} error=${wrong.since}>
        ${(/** @type {Record<string, any>} */ given) =>
          html`<input ...${given} type="date" required value=${value.since} onInput=${(/** @type {any} */ event) => change({ since: event.target.value })} />`}
      <//>
      <${Field} label=${t("connection.warm_up.limits")} hint=${t("connection.warm_up.limits_hint")} error=${wrong.limits}>
        ${(/** @type {Record<string, any>} */ given) =>
          html`<textarea ...${given} class="limits" rows="2" inputmode="numeric" value=${value.text} onInput=${(/** @type {any} */ event) => change({ text: event.target.value })} />`}
      <//>
      ${value.text !== written(LADDER) &&
      html`<button type="button" class="small" onClick=${() => change({ text: written(LADDER) })}>${t("connection.warm_up.ladder")}</button>`}
      ${limits && value.since && html`<${WarmUpDays} warmUp=${{ since: value.since, limits }} zone=${zone} />`}
    `}
  </div>`;
}
