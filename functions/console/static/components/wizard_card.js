/** One of the cards of a campaign: a number, what it is about, and its content while it is open. */
import { html, useEffect, useId, useRef } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/**
 * @param {object} props
 * @param {number} props.number
 * @param {string} props.title
 * @param {string} props.question what it asks, while it is open
 * @param {string} [props.fact] what was chosen, while it is closed
 * @param {boolean} props.open
 * @param {boolean} props.reachable whether what comes before it is chosen
 * @param {boolean} props.done
 * @param {() => void} props.onOpen
 * @param {{ready: boolean, primary: boolean, go: () => void}} [props.next] the way to the card after it
 * @param {any} props.children
 */
export function Card({ number, title, question, fact, open, reachable, done, onOpen, next, children }) {
  const id = useId();
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const before = useRef(open);
  useEffect(() => {
    // The card that opens is where the keyboard goes on.
    if (open && !before.current) heading.current?.focus();
    before.current = open;
  }, [open]);
  const head = html`<span class="step">${done && !open ? html`<${Icon} name="check" size=${16} />` : number}</span>
    <span class="card-title">${title}</span>
    ${!open && reachable && fact && html`<span class="fact quiet">${fact}</span>`}`;
  return html`<section class="card ${open ? "open" : ""} ${done ? "done" : ""}" aria-labelledby=${id}>
    <h2 id=${id} ref=${heading} tabindex=${open ? -1 : undefined}>
      ${open || !reachable
        ? html`<span class="card-head">${head}</span>`
        : html`<button class="card-head" aria-expanded="false" onClick=${onOpen}>${head}</button>`}
    </h2>
    ${open &&
    html`<div class="card-body">
      <p class="quiet">${question}</p>
      ${children}
      ${next && next.ready && html`<div class="buttons"><button class=${next.primary ? "primary" : ""} onClick=${next.go}>${t("wizard.continue")}</button></div>`}
    </div>`}
  </section>`;
}
