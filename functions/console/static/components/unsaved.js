/** What a person has typed and not saved: leaving asks first, by the console's own question or by the browser's. */
import { html, useLayoutEffect } from "../html.js";
import { t } from "../i18n.js";
import { askToLeave } from "../router.js";
import { confirm } from "./dialog.js";

/** The names of what is not saved. @type {Set<{name: string}>} */
const unsaved = new Set();

/** @param {Event} event */
const hold = (event) => event.preventDefault();

/**
 * Ask before another page of the console is shown, and before the tab is closed or loaded again.
 *
 * @param {boolean} changed whether something would be lost
 * @param {string} name what it is about
 */
export function useUnsaved(changed, name) {
  useLayoutEffect(() => {
    if (!changed) return;
    const mine = { name };
    unsaved.add(mine);
    ask();
    return () => {
      unsaved.delete(mine);
      ask();
    };
  }, [changed, name]);
}

function ask() {
  askToLeave(unsaved.size ? leaves : null);
  if (unsaved.size) addEventListener("beforeunload", hold);
  else removeEventListener("beforeunload", hold);
}

const leaves = () =>
  confirm({
    title: t("unsaved.title"),
    body: html`<p>${t("unsaved.text", { names: [...unsaved].map(({ name }) => name).join(", ") })}</p>`,
    action: t("unsaved.leave"),
    back: t("unsaved.stay"),
    danger: true,
  });
