/** A search that follows the typing, a moment later. */
import { html, useEffect, useRef, useState } from "../html.js";
import { Icon } from "./icon.js";

const PAUSE = 350; // ms without a key

/**
 * @param {object} props
 * @param {string} props.label
 * @param {string} props.value
 * @param {(text: string) => void} props.onSearch
 */
export function SearchBox({ label, value, onSearch }) {
  const [text, setText] = useState(value);
  const timer = useRef(0);
  const sent = useRef(value);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // The address has changed by another way, such as the browser's buttons.
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  /** @param {string} wanted */
  const search = (wanted) => {
    clearTimeout(timer.current);
    sent.current = wanted.trim();
    onSearch(wanted.trim());
  };
  /** @param {any} event */
  const typed = (event) => {
    const wanted = event.target.value;
    setText(wanted);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => search(wanted), PAUSE);
  };
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    search(text);
  };
  return html`<form class="search" role="search" onSubmit=${submit}>
    <${Icon} name="search" size=${16} />
    <input type="search" aria-label=${label} placeholder=${label} value=${text} maxlength="100" onInput=${typed} />
  </form>`;
}
