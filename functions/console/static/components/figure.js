/** A number that changes in place: it fades in for a moment, unless the person wants less motion. */
import { number } from "../format.js";
import { html, useLayoutEffect, useRef } from "../html.js";

const FADE = 400; // ms

/** @param {{value: number}} props */
export function Figure({ value }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const before = useRef(value);
  useLayoutEffect(() => {
    if (before.current !== value && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      element.current?.animate([{ opacity: 0.3 }, { opacity: 1 }], { duration: FADE, easing: "ease-out" });
    }
    before.current = value;
  }, [value]);
  return html`<b class="figure" ref=${element}>${number(value)}</b>`;
}
