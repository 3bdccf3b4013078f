/** A text in which `{{` opens a list of the contacts' attributes. */
import { html, useId, useLayoutEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { Field } from "./field.js";

const SHOWN = 8;
/** What stands before the cursor, behind double braces that are still open. */
const OPEN = /\{\{\s*([^{}|\n]{0,64})$/;

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.hint
 * @param {string} [props.error]
 * @param {boolean} props.over whether the text is too long
 * @param {string} props.value
 * @param {string[]} props.names
 * @param {(text: string) => void} props.onChange
 */
export function VariableText({ label, hint, error, over, value, names, onChange }) {
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const cursor = useRef(/** @type {number | null} */ (null));
  const [begun, setBegun] = useState(/** @type {string | null} */ (null));
  const [at, setAt] = useState(0);
  const id = useId();
  const found = begun === null ? [] : names.filter((name) => folded(name).includes(folded(begun))).slice(0, SHOWN);
  const chosen = Math.min(at, found.length - 1);

  useLayoutEffect(() => {
    if (cursor.current === null) return;
    area.current?.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  }, [value]);

  const look = () => {
    const element = area.current;
    const match = element && OPEN.exec(textBefore(element));
    setBegun(match ? match[1] : null);
    setAt(0);
  };
  /** Put a placeholder where the cursor is, in place of one that was begun. @param {string} name */
  const insert = (name) => {
    const element = area.current;
    if (!element) return;
    const before = textBefore(element);
    const match = OPEN.exec(before);
    const start = match ? match.index : before.length;
    const behind = element.value.slice(element.selectionEnd);
    const text = `{{${name}}}`;
    cursor.current = start + text.length;
    onChange(before.slice(0, start) + text + (match ? behind.replace(/^\}\}/, "") : behind));
    setBegun(null);
    element.focus();
  };
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (!found.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((chosen + step + found.length) % found.length);
    else if (event.key === "Enter" || event.key === "Tab") insert(found[chosen]);
    else if (event.key === "Escape") setBegun(null);
    else return;
    event.preventDefault();
  };
  return html`<div class="variables">
    <${Field} label=${label} hint=${html`<span class=${over ? "error" : ""}>${hint}</span> ${t("templates.braces")}`} error=${error}>
      ${(/** @type {any} */ given) => html`<textarea
        ...${given}
        ref=${area}
        rows="10"
        value=${value}
        aria-autocomplete="list"
        aria-controls=${found.length ? id : undefined}
        aria-activedescendant=${found.length ? `${id}-${chosen}` : undefined}
        onInput=${(/** @type {any} */ event) => (onChange(event.target.value), look())}
        onClick=${look}
        onKeyDown=${key}
        onBlur=${() => setBegun(null)}
      ></textarea>`}
    <//>
    ${found.length > 0 &&
    html`<ul class="suggestions" id=${id} role="listbox" aria-label=${t("templates.variables")}>
      ${found.map(
        (name, place) => html`<li
          key=${name}
          id=${`${id}-${place}`}
          role="option"
          aria-selected=${place === chosen}
          onMouseDown=${(/** @type {Event} */ event) => (event.preventDefault(), insert(name))}
        >${name}</li>`,
      )}
    </ul>`}
    <div class="chips" role="group" aria-label=${t("templates.variables")}>
      ${names.slice(0, SHOWN).map(
        (name) => html`<button type="button" key=${name} onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${() => insert(name)}>${`{{${name}}}`}</button>`,
      )}
    </div>
  </div>`;
}

/** @param {HTMLTextAreaElement} element */
const textBefore = (element) => element.value.slice(0, element.selectionStart);

/** @param {string} text */
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
