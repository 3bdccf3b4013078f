/** Parts of a whole as one bar; the sentence above it says the same in words. */
import { html, useRef, useLayoutEffect } from "../html.js";

/** @typedef {{tone: import("./status.js").Tone, count: number, text: string}} Part */

/**
 * @param {object} props
 * @param {Part[]} props.parts
 * @param {number} props.total
 * @param {boolean} [props.legend] whether the counts stand below it
 */
export function Bar({ parts, total, legend }) {
  const shown = parts.filter((part) => part.count > 0);
  const words = shown.map((part) => part.text).join(", "); // of nothing there is nothing to say
  return html`
    <div class="bar" role=${words ? "img" : undefined} aria-label=${words || undefined}>
      ${shown.map((part) => html`<${Piece} key=${part.tone} tone=${part.tone} share=${part.count / (total || 1)} />`)}
    </div>
    ${legend &&
    html`<ul class="legend">
      ${shown.map((part) => html`<li key=${part.tone}><span class="dot ${part.tone}" />${part.text}</li>`)}
    </ul>`}
  `;
}

/** @param {{tone: string, share: number}} props */
function Piece({ tone, share }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  useLayoutEffect(() => {
    if (element.current) element.current.style.flexBasis = `${share * 100}%`;
  }, [share]);
  return html`<span class="piece ${tone}" ref=${element} />`;
}
