/** A message as WhatsApp shows it: *bold*, _italic_, ~struck~, ```plain type```, and lines as they are written. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** @typedef {{media_type: string | null, file_name: string | null}} Media */

const MARKED = /```([\s\S]+?)```|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\2(?![\p{L}\p{N}])/u;
/** @type {Record<string, string>} */
const TAGS = { "*": "strong", _: "em", "~": "s" };

/** @param {{text: string, media?: Media | null}} props */
export function Bubble({ text, media }) {
  return html`<div class="bubble">
    ${media?.media_type &&
    html`<p class="media"><${Icon} name="template" size=${16} />${media.file_name ?? t(`bubble.${media.media_type}`)}</p>`}
    ${text && html`<p class="said">${marked(text)}</p>`}
  </div>`;
}

/** @param {string} text @returns {any[]} */
function marked(text) {
  const found = MARKED.exec(text);
  if (!found) return [text];
  const [whole, plain, mark, inner] = found;
  const piece = plain === undefined ? html`<${TAGS[mark]}>${marked(inner)}<//>` : html`<code>${plain}</code>`;
  return [text.slice(0, found.index), piece, ...marked(text.slice(found.index + whole.length))];
}
