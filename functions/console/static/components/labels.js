/** Words of one's own on a campaign: typed, added by Enter or a comma, removed one by one. */
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { Field } from "./field.js";
import { Icon } from "./icon.js";

const MOST = 20;

/** @param {{labels: string[], onChange: (labels: string[]) => void}} props */
export function Labels({ labels, onChange }) {
  const [text, setText] = useState("");
  const add = () => {
    const word = text.trim();
    if (word && !labels.includes(word)) onChange([...labels, word]);
    setText("");
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (event.key !== "Enter" && event.key !== ",") return;
    event.preventDefault();
    add();
  };
  return html`<div class="labels">
    ${labels.length < MOST &&
    html`<${Field} label=${t("wizard.labels")} hint=${t("wizard.labels_hint")}>
      ${(/** @type {Record<string, any>} */ given) =>
        html`<input
          ...${given}
          value=${text}
          maxlength="50"
          autocomplete="off"
          onInput=${(/** @type {any} */ event) => setText(event.target.value)}
          onKeyDown=${key}
          onBlur=${add}
        />`}
    <//>`}
    ${labels.length > 0 &&
    html`<ul class="tags">
      ${labels.map(
        (label) => html`<li class="tag" key=${label}>
          ${label}
          <button class="plain" aria-label=${t("wizard.remove_label", { label })} onClick=${() => onChange(labels.filter((each) => each !== label))}>
            <${Icon} name="close" size=${16} />
          </button>
        </li>`,
      )}
    </ul>`}
  </div>`;
}
