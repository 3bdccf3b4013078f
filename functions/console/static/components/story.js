/** The story of one message: every instant, how often it was tried, and why it did not arrive. */
import { html } from "../html.js";
import { codeText, t } from "../i18n.js";
import { Time } from "./time.js";

/**
 * @typedef {object} Told
 * @property {number} attempts
 * @property {string | null} [claimed_at]
 * @property {string | null} sent_at
 * @property {string | null} acked_at
 * @property {string | null} delivered_at
 * @property {string | null} read_at
 * @property {string | null} [replied_at] where the API knows replies
 * @property {string | null} failed_at
 * @property {string} status
 * @property {string | null} error_code
 * @property {string | null} error_detail
 * @property {string | null} provider_message_id
 */

const INSTANTS = /** @type {const} */ (["claimed_at", "sent_at", "acked_at", "delivered_at", "read_at", "replied_at", "failed_at"]);

/** The latest instant of a message. @param {Told} message @returns {string | null} */
export function latestOf(message) {
  const known = INSTANTS.map((name) => message[name] ?? "").filter(Boolean);
  return known.length ? known.reduce((late, at) => (Date.parse(at) > Date.parse(late) ? at : late)) : null;
}

/** Why it did not arrive, as a sentence; empty if it did, or may yet. @param {{error_code: string | null}} message */
export function reasonText({ error_code }) {
  if (!error_code) return "";
  const text = codeText("error", error_code);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** @param {{message: Told}} props */
export function Story({ message }) {
  const known = INSTANTS.filter((name) => message[name]);
  const reason = reasonText(message);
  return html`<div class="story">
    ${reason && html`<p>${reason}</p>`}
    ${message.error_detail && html`<p class="quiet">${t("story.reported")} <span lang="en">${message.error_detail}</span></p>`}
    ${message.status === "unknown" && html`<p>${t("story.unknown")}</p>`}
    ${known.length > 0
      ? html`<ol class="instants">
          ${known.map(
            (name) => html`<li key=${name}><span>${t(`story.${name}`)}</span><${Time} at=${/** @type {string} */ (message[name])} seconds /></li>`,
          )}
        </ol>`
      : html`<p class="quiet">${t(message.status === "pending" ? "story.waiting" : "story.nothing")}</p>`}
    <p class="quiet">
      ${message.attempts > 0 && t("story.attempts", { count: message.attempts })}
      ${message.provider_message_id && html` ${t("story.id")} <code>${message.provider_message_id}</code>`}
    </p>
  </div>`;
}
