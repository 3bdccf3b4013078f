/**
 * A message as WhatsApp shows it: *bold*, _italic_, ~struck~, ```plain type```, and lines as they are written. All of
 * it is text: nothing in a message becomes HTML.
 */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** @typedef {{media_type: string | null, file_name: string | null}} Media */

const MARKED = /```([\s\S]+?)```|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\2(?![\p{L}\p{N}])/u;
const PLACEHOLDER = /\{\{\s*([^{}|]+?)\s*\}\}/;
/** @type {Record<string, string>} */
const TAGS = { "*": "strong", _: "em", "~": "s" };

/**
 * @param {object} props
 * @param {string} props.text
 * @param {Media | null} [props.media] it is named, not shown: it lies on another host
 * @param {string[]} [props.missing] the names of placeholders that stay in the text
 */
export function Bubble({ text, media, missing = [] }) {
  return html`<div class="bubble">
    ${media?.media_type &&
    html`<p class="media"><${Icon} name=${media.media_type === "audio" ? "play" : "template"} size=${16} />${media.file_name ?? t(`bubble.${media.media_type}`)}</p>`}
    ${text && html`<p class="said">${marked(text, missing)}</p>`}
  </div>`;
}

/** @param {string} text @param {string[]} missing @returns {any[]} */
function marked(text, missing) {
  const pieces = [];
  let rest = text;
  for (let found = MARKED.exec(rest); found; found = MARKED.exec(rest)) {
    const [whole, plain, mark, inner] = found;
    pieces.push(...filled(rest.slice(0, found.index), missing));
    pieces.push(plain === undefined ? html`<${TAGS[mark]}>${marked(inner, missing)}<//>` : html`<code>${plain}</code>`);
    rest = rest.slice(found.index + whole.length);
  }
  return [...pieces, ...filled(rest, missing)];
}

/** @param {string} text @param {string[]} missing @returns {any[]} */
function filled(text, missing) {
  if (!missing.length) return [text];
  const pieces = [];
  let rest = text;
  for (let found = PLACEHOLDER.exec(rest); found; found = PLACEHOLDER.exec(rest)) {
    const [whole, name] = found;
    pieces.push(rest.slice(0, found.index), missing.includes(name) ? html`<mark>${whole}</mark>` : whole);
    rest = rest.slice(found.index + whole.length);
  }
  return [...pieces, rest];
}
