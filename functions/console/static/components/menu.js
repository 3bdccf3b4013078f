/** The actions beside the primary one. */
import { html, useEffect, useRef } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** @typedef {{text: string, act: () => void, danger?: boolean}} Action */

/** @param {{actions: Action[]}} props */
export function Menu({ actions }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => {
    /** @param {Event} event */
    const close = (event) => {
      const open = menu.current?.open;
      const escape = event instanceof KeyboardEvent && event.key === "Escape";
      if (!open || (event.type === "keydown" && !escape)) return;
      if (escape) menu.current?.querySelector("summary")?.focus();
      if (escape || !menu.current?.contains(/** @type {Node} */ (event.target))) menu.current?.removeAttribute("open");
    };
    for (const kind of ["pointerdown", "keydown", "focusin"]) addEventListener(kind, close);
    return () => {
      for (const kind of ["pointerdown", "keydown", "focusin"]) removeEventListener(kind, close);
    };
  }, []);
  if (!actions.length) return null;
  /** @param {Action} action */
  const act = (action) => {
    menu.current?.removeAttribute("open");
    action.act();
  };
  return html`<details class="menu" ref=${menu}>
    <summary class="button"><${Icon} name="more" /><span class="sr">${t("common.more")}</span></summary>
    <ul>
      ${actions.map(
        (action) => html`<li key=${action.text}>
          <button class=${action.danger ? "danger" : ""} onClick=${() => act(action)}>${action.text}</button>
        </li>`,
      )}
    </ul>
  </details>`;
}
