/** The frame of every page: the top line with its name, its one action, and the connection. */
import { html, useEffect, useRef } from "../html.js";
import { t } from "../i18n.js";
import { href, moved } from "../router.js";
import { connection } from "../state.js";
import { connectionState } from "./status.js";

/**
 * @param {object} props
 * @param {string} props.title
 * @param {any} [props.action] the page's one primary action: a button or a link with the class `primary`
 * @param {any} [props.more] a Menu with the others
 * @param {{href: string, text: string}} [props.back] where this page belongs to
 * @param {boolean} [props.wide] as wide as its table needs
 * @param {any} props.children
 */
export function Page({ title, action, more, back, wide, children }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    document.title = `${title} · Hidra`;
  }, [title]);
  useEffect(() => {
    // What had the focus has gone with the page before: the keyboard goes on at the name of this one.
    if (moved && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return html`
    <header class="top">
      <div class="title">
        ${back && html`<a class="back" href=${back.href}>${back.text}</a>`}
        <h1 tabindex="-1" ref=${heading}>${title}</h1>
      </div>
      <${ConnectionDot} />
      ${(action || more) && html`<div class="actions">${more}${action}</div>`}
    </header>
    <main id="main" class=${wide ? "wide" : ""} tabindex="-1">${children}</main>
  `;
}

function ConnectionDot() {
  const found = connection.value;
  if (found === undefined) return html`<span class="dot-place" />`;
  const state = connectionState(found);
  const pace = found?.status === "connected" ? ` · ${t("shell.pace", { pace: found.max_messages_per_minute })}` : "";
  return html`<a class="dot-place" href=${href("/connection")}>
    <span class="dot ${state.tone}" /><span>${state.text}<span class="pace">${pace}</span></span>
  </a>`;
}
