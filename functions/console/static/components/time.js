/** An instant as people say it; pointing at it or reaching it by keyboard shows the exact one with its zone. */
import { exact, when } from "../format.js";
import { html } from "../html.js";

/** @param {{at: string, seconds?: boolean}} props `seconds`: where instants lie close together */
export function Time({ at, seconds = false }) {
  return html`<time class="time" datetime=${at} data-exact=${exact(at)} tabindex="0">${when(at, new Date(), seconds)}</time>`;
}
