/** Pages that belong together, as links side by side. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { href, route } from "../router.js";

/** @param {{label: string, tabs: {path: string, text: string}[]}} props */
export function Tabs({ label, tabs }) {
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map(
      ({ path, text }) => html`<a key=${path} href=${href(path)} aria-current=${route.value.path === path ? "page" : undefined}>${text}</a>`,
    )}
  </nav>`;
}

/** Contacts and opt-outs. */
export function ContactTabs() {
  return html`<${Tabs}
    label=${t("contacts.title")}
    tabs=${[
      { path: "/contacts", text: t("contacts.title") },
      { path: "/opt-outs", text: t("opt_outs.title") },
    ]}
  />`;
}
