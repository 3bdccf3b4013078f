/** One input with its label, its hint, and what is wrong with it. */
import { html, useId } from "../html.js";

/**
 * @param {object} props
 * @param {string} props.label
 * @param {any} [props.hint]
 * @param {string} [props.error]
 * @param {(attributes: Record<string, any>) => any} props.children draws the input with these attributes
 */
export function Field({ label, hint, error, children }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? "true" : undefined })}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="error" id=${`${id}-error`}>${error}</p>`}
  </div>`;
}

/**
 * A choice of a few, as buttons side by side.
 *
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.value
 * @param {{value: string, text: string}[]} props.options
 * @param {(value: any) => void} props.onChange
 * @param {any} [props.hint]
 */
export function Choice({ label, value, options, onChange, hint }) {
  const name = useId();
  return html`<fieldset class="field choice">
    <legend>${label}</legend>
    <div class="segmented">
      ${options.map(
        (option) => html`<label key=${option.value}>
          <input type="radio" name=${name} checked=${option.value === value} onChange=${() => onChange(option.value)} />
          <span>${option.text}</span>
        </label>`,
      )}
    </div>
    ${hint && html`<p class="hint">${hint}</p>`}
  </fieldset>`;
}
