/** A whole number in a field; NaN while what is typed is none. */
import { html, useState } from "../html.js";
import { Field } from "./field.js";

/**
 * @param {object} props
 * @param {string} props.label
 * @param {any} [props.hint]
 * @param {string} [props.error]
 * @param {number} props.value
 * @param {number} props.min
 * @param {number} props.max
 * @param {(value: number) => void} props.onChange
 */
export function NumberInput({ label, hint, error, value, min, max, onChange }) {
  const [text, setText] = useState(String(value));
  return html`<${Field} label=${label} hint=${hint} error=${error}>
    ${(/** @type {Record<string, any>} */ given) =>
      html`<input
        ...${given}
        class="short"
        type="number"
        min=${min}
        max=${max}
        step="1"
        value=${Number(text) === value || Number.isNaN(value) ? text : String(value)}
        onInput=${(/** @type {any} */ event) => {
          setText(event.target.value);
          onChange(event.target.value === "" ? NaN : Number(event.target.value));
        }}
      />`}
  <//>`;
}
