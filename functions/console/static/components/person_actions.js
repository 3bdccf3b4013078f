/** What a person may ask for: no more messages, their data, to be forgotten. */
import { call } from "../api.js";
import { nameOf } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";
import { confirm } from "./dialog.js";
import { problemText } from "./problem.js";

/** @typedef {import("hidra-api").Contact} Contact */

/** @param {() => Promise<void>} act */
async function attempt(act) {
  try {
    await act();
  } catch (/** @type {any} */ failure) {
    toast(problemText(failure));
  }
}

/** @param {Contact} contact @param {() => Promise<void>} reload */
export const optOut = (contact, reload) =>
  attempt(async () => {
    const done = await call("opt_out", {}, { phones: [contact.phone] });
    const skipped = done.skipped_messages ? ` ${t("opt_outs.add.skipped", { count: done.skipped_messages })}` : "";
    toast(t("person.opted_out", { name: nameOf(contact) }) + skipped, () => optIn(contact, reload));
    await reload();
  });

/** @param {Contact} contact @param {() => Promise<void>} reload */
const optIn = (contact, reload) =>
  attempt(async () => {
    await call("opt_in", { phone: contact.phone });
    toast(t("person.opted_in", { name: nameOf(contact) }));
    await reload();
  });

/** @param {Contact} contact @param {string} source of the opt-out @param {() => Promise<void>} reload */
export async function askOptIn(contact, source, reload) {
  const sure = await confirm({
    title: t("opt_outs.remove.title", { phone: nameOf(contact) }),
    body: html`<p>${t(`opt_outs.remove.${source}`)}</p>`,
    action: t("opt_outs.remove.action"),
    danger: true,
  });
  if (sure) await optIn(contact, reload);
}

/** All data of the person as a file, which the browser makes itself. @param {Contact} contact */
export const exportData = (contact) =>
  attempt(async () => {
    /** @type {import("hidra-api").Person[]} */
    const pages = [];
    do pages.push(await call("export", { limit: 200, cursor: pages.at(-1)?.next_cursor }, { phone: contact.phone }));
    while (pages.at(-1)?.next_cursor);
    const { phone, contact: known, opt_out } = pages[0];
    const data = {
      phone,
      contact: known,
      opt_out,
      segments: pages.flatMap((page) => page.segments),
      direct_messages: pages.flatMap((page) => page.direct_messages),
      messages: pages.flatMap((page) => page.messages),
    };
    const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: `${contact.phone.replace("+", "")}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    toast(t("person.exported", { name: nameOf(contact), count: data.messages.length }));
  });

/** @param {Contact} contact @param {() => void} gone */
export async function removeContact(contact, gone) {
  const sure = await confirm({
    title: t("person.delete.title", { name: nameOf(contact) }),
    body: html`<p>${t("person.delete.text")}</p>`,
    action: t("person.delete.action"),
    danger: true,
  });
  if (!sure) return;
  await attempt(async () => {
    await call("delete_contact", { contact_id: contact.id });
    toast(t("person.delete.done", { name: nameOf(contact) }));
    gone();
  });
}

/** The question names what goes and what stays, and asks for the name. @param {Contact} contact @param {(done: import("hidra-api").Erased) => void} erased */
export async function erase(contact, erased) {
  const sure = await confirm({
    title: t("person.erase.title", { name: nameOf(contact) }),
    body: html`
      <p>${t("person.erase.goes")}</p>
      <p>${t("person.erase.stays")}</p>
      <p>${t("person.erase.not_reached")}</p>
    `,
    action: t("person.erase.action"),
    danger: true,
    typed: nameOf(contact),
  });
  if (!sure) return;
  await attempt(async () => erased(await call("erase", {}, { phone: contact.phone })));
}
