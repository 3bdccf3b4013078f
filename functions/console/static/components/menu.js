/** The actions beside the primary one. */
import { html, useEffect, useRef } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** @typedef {{text: string, act: () => void, danger?: boolean}} Action */

/** @param {{actions: Action[], of?: string}} props `of`: the name of the thing, where a page has several menus */
export function Menu({ actions, of }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const top = useRef(/** @type {number | null} */ (null)); // where the button stood when the list was placed
  useEffect(() => {
    /** @param {Event} event */
    const close = (event) => {
      const open = menu.current?.open;
      const escape = event instanceof KeyboardEvent && event.key === "Escape";
      if (!open || (event.type === "keydown" && !escape)) return;
      if (escape) menu.current?.querySelector("summary")?.focus();
      if (escape || !menu.current?.contains(/** @type {Node} */ (event.target))) menu.current?.removeAttribute("open");
    };
    // Not by a scroll from before the click, of which the browser tells only now.
    const moved = () => {
      if (top.current !== null && menu.current?.getBoundingClientRect().top !== top.current) menu.current?.removeAttribute("open");
    };
    for (const kind of ["pointerdown", "keydown", "focusin"]) addEventListener(kind, close);
    addEventListener("scroll", moved, true);
    return () => {
      for (const kind of ["pointerdown", "keydown", "focusin"]) removeEventListener(kind, close);
      removeEventListener("scroll", moved, true);
    };
  }, []);
  if (!actions.length) return null;
  /** @param {Action} action */
  const act = (action) => {
    menu.current?.removeAttribute("open");
    action.act();
  };
  /** In its place in the window, because a table cuts off what leaves its frame. */
  const place = () => {
    const box = menu.current?.getBoundingClientRect();
    top.current = menu.current?.open && box ? box.top : null;
    if (!box || !list.current || !menu.current?.open) return;
    const { style, offsetHeight } = list.current;
    const below = box.bottom + 4 + offsetHeight < innerHeight;
    style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - 4 - offsetHeight)}px`;
    style.right = `${document.documentElement.clientWidth - box.right}px`;
  };
  return html`<details class="menu" ref=${menu} onToggle=${place}>
    <summary class="button"><${Icon} name="more" /><span class="sr">${of ? `${t("common.more")}: ${of}` : t("common.more")}</span></summary>
    <ul ref=${list}>
      ${actions.map(
        (action) => html`<li key=${action.text}>
          <button class=${action.danger ? "danger" : ""} onClick=${() => act(action)}>${action.text}</button>
        </li>`,
      )}
    </ul>
  </details>`;
}
