/** What stands where nothing is yet: what it will be, and the first step. */
import { html } from "../html.js";
import { Icon } from "./icon.js";

/**
 * @param {object} props
 * @param {import("./icon.js").IconName} props.icon
 * @param {string} props.title
 * @param {any} [props.action]
 * @param {any} [props.children]
 */
export function Empty({ icon, title, action, children }) {
  return html`<section class="empty">
    <${Icon} name=${icon} size=${24} />
    <h2>${title}</h2>
    ${children && html`<p>${children}</p>`} ${action}
  </section>`;
}
