/** A fact that needs attention, with the way on. */
import { html } from "../html.js";
import { Icon } from "./icon.js";

/**
 * @param {object} props
 * @param {import("./status.js").Tone} [props.tone]
 * @param {import("./icon.js").IconName} [props.icon]
 * @param {any} [props.action]
 * @param {any} props.children
 */
export function Notice({ tone = "amber", icon = "alert", action, children }) {
  return html`<div class="notice ${tone}"><${Icon} name=${icon} /><div>${children}</div>${action}</div>`;
}
