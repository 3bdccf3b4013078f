/** Short notices in a corner, with the way back where there is one. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { dismiss, toasts } from "../state.js";
import { Icon } from "./icon.js";

export function Toasts() {
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.value.map(
      ({ id, text, undo }) => html`<div class="toast" key=${id}>
        <span>${text}</span>
        ${undo && html`<button onClick=${() => (dismiss(id), undo())}>${t("common.undo")}</button>`}
        <button class="plain" aria-label=${t("common.close")} onClick=${() => dismiss(id)}>
          <${Icon} name="close" size=${16} />
        </button>
      </div>`,
    )}
  </div>`;
}
