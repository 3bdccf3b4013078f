/** What a number may send: today's use, its warm-up, and its limits. */
import { zoneName } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Bar } from "./bar.js";
import { jitterText } from "./connection_limits_form.js";
import { Time } from "./time.js";
import { WarmUpDays } from "./warm_up_days.js";
import { windowText } from "./window_words.js";

/** @typedef {import("hidra-api").Connection} Connection */

/** @param {{found: Connection, change: () => void}} props */
export function Limits({ found, change }) {
  const { today, warm_up, send_window } = found;
  /** @param {number | null} count */
  const perDay = (count) => (count === null ? t("connection.limits.none") : t("connection.limits.per_day", { count }));
  return html`<section>
    <div class="section-head">
      <h2>${t("connection.limits.title")}</h2>
      <button onClick=${change}>${t("connection.limits.change")}</button>
    </div>
    ${today && html`<${Used} today=${today} />`}
    ${warm_up &&
    html`<section class="panel">
      <h3>${t("connection.warm_up.title")}</h3>
      <${WarmUpDays} warmUp=${warm_up} zone=${found.time_zone} />
    </section>`}
    <dl class="facts">
      <div><dt>${t("connection.pace")}</dt><dd>${t("connection.pace_value", { count: found.max_messages_per_minute })}</dd></div>
      <div><dt>${t("connection.limits.jitter")}</dt><dd>${jitterText(found.jitter)}</dd></div>
      <div><dt>${t("connection.concurrent")}</dt><dd>${t("connection.concurrent_value", { count: found.max_concurrent_sends })}</dd></div>
      <div><dt>${t("connection.limits.hours")}</dt><dd>${send_window ? windowText(send_window) : t("window.any")}</dd></div>
      <div><dt>${t("connection.limits.max_messages_per_day")}</dt><dd>${perDay(found.max_messages_per_day)}</dd></div>
      <div><dt>${t("connection.limits.max_first_contacts_per_day")}</dt><dd>${perDay(found.max_first_contacts_per_day)}</dd></div>
      <div><dt>${t("connection.limits.time_zone")}</dt><dd>${zoneName(found.time_zone)}</dd></div>
    </dl>
  </section>`;
}

/** What today has used. @param {{today: NonNullable<Connection["today"]>}} props */
function Used({ today }) {
  return html`<div class="used">
    <${Part} name="messages" used=${today.messages} limit=${today.message_limit} ends=${today.ends_at} />
    ${today.first_contact_limit !== null &&
    html`<${Part} name="first_contacts" used=${today.first_contacts} limit=${today.first_contact_limit} ends=${today.ends_at} />`}
  </div>`;
}

/** @param {{name: "messages" | "first_contacts", used: number, limit: number | null, ends: string}} props */
function Part({ name, used, limit, ends }) {
  if (limit === null) return html`<p class="numbers">${t("connection.used.unlimited", { count: used })}</p>`;
  const left = Math.max(0, limit - used);
  const words = t(`connection.used.${name}`, { used, limit });
  return html`<div class="panel">
    <p class="numbers">
      ${words}${" "}${left ? t("connection.used.left", { count: left }) : html`${t("connection.used.over")} <${Time} at=${ends} />.`}
    </p>
    <${Bar} total=${Math.max(limit, used)} parts=${[{ tone: left ? "teal" : "amber", count: used, text: words }]} />
  </div>`;
}
