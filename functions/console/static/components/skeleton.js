/** The shape of what is being read; it appears only if that takes longer than a moment. */
import { html } from "../html.js";
import { t } from "../i18n.js";

/** @param {{lines?: number, tall?: boolean}} props */
export function Skeleton({ lines = 3, tall = false }) {
  return html`<div class="skeleton" aria-busy="true">
    <span class="sr">${t("common.loading")}</span>
    ${Array.from({ length: lines }, (_, index) => html`<div class=${tall ? "bone tall" : "bone"} key=${index} />`)}
  </div>`;
}
