/** The fields for the attributes of a contact. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** @typedef {{name: string, value: string, kind: string, kept: boolean}} Row `kept`: the contact has it already */

/** @param {{rows: Row[], setRows: (rows: Row[]) => void}} props */
export function Attributes({ rows, setRows }) {
  /** @param {number} place @param {Partial<Row>} change */
  const change = (place, change) => setRows(rows.map((row, index) => (index === place ? { ...row, ...change } : row)));
  return html`<fieldset class="field attributes">
    <legend>${t("contacts.attributes")}</legend>
    ${rows.map((row, place) => {
      const label = { "aria-label": row.name ? t("person.form.value_of", { name: row.name }) : t("person.form.value") };
      const typed = (/** @type {any} */ event) => change(place, { value: event.target.value });
      return html`<div class="attribute" key=${place}>
        ${row.kept
          ? html`<span class="attribute-name">${row.name}</span>`
          : html`<input aria-label=${t("person.form.name")} placeholder=${t("person.form.name")} maxlength="64" value=${row.name} onInput=${(/** @type {any} */ event) => change(place, { name: event.target.value })} />`}
        ${row.kind === "boolean"
          ? html`<select ...${label} onChange=${typed}>
              ${["true", "false"].map((it) => html`<option key=${it} value=${it} selected=${row.value === it}>${t(it === "true" ? "person.yes" : "person.no")}</option>`)}
            </select>`
          : html`<input ...${label} maxlength="500" value=${row.value} onInput=${typed} />`}
        <button type="button" class="plain" aria-label=${t("person.form.remove", { name: row.name })} onClick=${() => setRows(rows.filter((_, index) => index !== place))}>
          <${Icon} name="close" size=${16} />
        </button>
      </div>`;
    })}
    <button type="button" class="small" onClick=${() => setRows([...rows, { name: "", value: "", kind: "string", kept: false }])}>
      <${Icon} name="plus" size=${16} />${t("person.form.add")}
    </button>
  </fieldset>`;
}

/** The attributes as the API takes them, without those that have no name. @param {Row[]} rows */
export const attributesOf = (rows) =>
  Object.fromEntries(rows.filter((row) => row.name.trim()).map((row) => [row.name.trim(), typed(row)]));

/** A number stays a number as long as it is one. @param {Row} row @returns {string | number | boolean} */
function typed({ value, kind }) {
  if (kind === "boolean") return value === "true";
  const figure = Number(value.trim().replace(",", "."));
  return kind === "number" && value.trim() !== "" && Number.isFinite(figure) ? figure : value;
}
