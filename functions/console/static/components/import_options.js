/** Where the contacts of an import go, why they may be written to, and how their file is written. */
import { call } from "../api.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { Choice, Field } from "./field.js";

/** @typedef {import("../pages/import_new.js").Options} Options */

const BASES = [
  "consent", "contract", "legitimate_interest", "legal_obligation", "public_policy",
  "research", "legal_proceedings", "protection_of_life", "health_protection", "credit_protection",
];
const ENCODINGS = ["detect", "utf-8", "cp1252", "cp850", "mac-roman", "utf-16"];

/** @param {{options: Options, onChange: (options: Options) => void, ofFile: boolean, ofText: boolean}} props */
export function ImportOptions({ options, onChange, ofFile, ofText }) {
  const segments = usePolling(() => call("list_segments", { limit: 200 })).data?.items ?? [];
  /** @param {keyof Options} name */
  const set = (name) => (/** @type {any} */ event) => onChange({ ...options, [name]: event.target.value });
  return html`<section class="form">
    <h2>${t("imports.new.where")}</h2>
    <${Choice}
      label=${t("imports.into.title")}
      value=${options.into}
      options=${["new", ...(segments.length ? ["existing"] : []), "none"].map((value) => ({ value, text: t(`imports.into.${value}`) }))}
      onChange=${(/** @type {Options["into"]} */ into) => onChange({ ...options, into })}
    />
    ${options.into === "new" &&
    html`<${Field} label=${t("imports.into.name")}>
      ${(/** @type {any} */ given) => html`<input ...${given} required maxlength="200" value=${options.segment_name} onInput=${set("segment_name")} />`}
    <//>`}
    ${options.into === "existing" &&
    html`<${Field} label=${t("imports.into.which")}>
      ${(/** @type {any} */ given) => html`<select ...${given} value=${options.segment_id} onChange=${set("segment_id")}>
        <option value="">${t("imports.into.choose")}</option>
        ${segments.map((it) => html`<option key=${it.id} value=${it.id}>${it.name}</option>`)}
      </select>`}
    <//>`}
    <h2>${t("imports.consent.title")}</h2>
    <${Field} label=${t("imports.consent.basis")} hint=${t("imports.consent.hint")}>
      ${(/** @type {any} */ given) => html`<select ...${given} value=${options.basis} onChange=${set("basis")}>
        <option value="">${t("imports.consent.none")}</option>
        ${BASES.map((basis) => html`<option key=${basis} value=${basis}>${t(`imports.basis.${basis}`)}</option>`)}
      </select>`}
    <//>
    ${options.basis &&
    html`<${Field} label=${t("imports.consent.source")} hint=${t("imports.consent.source_hint")}>
      ${(/** @type {any} */ given) => html`<input ...${given} maxlength="200" value=${options.consent_source} onInput=${set("consent_source")} />`}
    <//>`}
    ${ofFile &&
    html`<h2>${t("imports.new.reading")}</h2>
      <label class="check">
        <input type="checkbox" checked=${options.old_numbers} onChange=${(/** @type {any} */ event) => onChange({ ...options, old_numbers: event.target.checked })} />
        <span>${t("imports.old_numbers")}<br /><span class="hint">${t("imports.old_numbers_hint")}</span></span>
      </label>`}
    ${ofText &&
    html`<${Field} label=${t("imports.encoding.title")} hint=${t("imports.encoding.hint")}>
      ${(/** @type {any} */ given) => html`<select ...${given} value=${options.encoding} onChange=${set("encoding")}>
        ${ENCODINGS.map((name) => html`<option key=${name} value=${name}>${t(`imports.encoding.${name}`)}</option>`)}
      </select>`}
    <//>`}
  </section>`;
}
