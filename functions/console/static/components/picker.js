/** A choice from a list that may be long: one of it, or several. */
import { html, useId, useState } from "../html.js";
import { t } from "../i18n.js";

const FEW = 7;
const SHOWN = 60;

/** @typedef {{value: string, text: string, detail?: string}} Option */

/**
 * @param {object} props
 * @param {string} props.label
 * @param {Option[]} props.options
 * @param {string[]} props.chosen the values
 * @param {boolean} [props.several]
 * @param {(chosen: string[]) => void} props.onChange
 */
export function Picker({ label, options, chosen, several = false, onChange }) {
  const name = useId();
  const [search, setSearch] = useState("");
  const wanted = folded(search);
  const found = options.filter((option) => folded(option.text).includes(wanted));
  const shown = found.slice(0, SHOWN);
  // What is chosen is never out of sight only because the list is long.
  const beyond = found.slice(SHOWN).filter((option) => chosen.includes(option.value));
  /** @param {string} value @param {boolean} on */
  const choose = (value, on) => onChange(several ? [...chosen.filter((each) => each !== value), ...(on ? [value] : [])] : [value]);
  return html`<fieldset class="field picker">
    <legend>${label}</legend>
    ${options.length > FEW &&
    html`<input
      type="search"
      value=${search}
      aria-label=${t("picker.search", { label })}
      placeholder=${t("picker.placeholder")}
      onInput=${(/** @type {any} */ event) => setSearch(event.target.value)}
    />`}
    <div class="options">
      ${[...beyond, ...shown].map(
        (option) => html`<label class="option" key=${option.value}>
          <input
            type=${several ? "checkbox" : "radio"}
            name=${name}
            checked=${chosen.includes(option.value)}
            onChange=${(/** @type {any} */ event) => choose(option.value, event.target.checked)}
          />
          <span class="text">${option.text}</span>
          ${option.detail && html`<span class="quiet">${option.detail}</span>`}
        </label>`,
      )}
      ${!found.length && html`<p class="hint">${t("picker.nothing")}</p>`}
    </div>
    ${found.length > SHOWN && html`<p class="hint">${t("picker.more", { count: found.length - SHOWN })}</p>`}
  </fieldset>`;
}

/** @param {string} text */
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
