/** How fast a campaign sends at this moment, which limit decides, what has left, and when it goes on. */
import { html } from "../html.js";
import { codeText, t } from "../i18n.js";
import { moment } from "./campaign_words.js";
import { Time } from "./time.js";

/** @typedef {import("hidra-api").CampaignPace} Pace */

/** @param {{pace: Pace}} props */
export function PaceNow({ pace }) {
  const { today, messages_per_minute: rate } = pace;
  /** @type {[string, any][]} */
  const facts = [
    ["next", rate > 0 && pace.next_slot_at && html`<${Time} at=${pace.next_slot_at} seconds />`],
    ["minute", minute(pace)],
    ["today", today && used(today.messages, today.message_limit)],
    ["first_contacts", today && today.first_contact_limit !== null && used(today.first_contacts, today.first_contact_limit)],
    ["warm_up", today?.warm_up_day && t("pace.warm_up_day", { day: today.warm_up_day, days: today.warm_up_days ?? 0 })],
    ["closes", rate > 0 && pace.closes_at && html`<${Time} at=${pace.closes_at} />`],
  ];
  return html`<section class="pace-now">
    <h2>${t("pace.title")}</h2>
    <p class="numbers">${sentence(pace)}</p>
    <dl class="facts numbers">
      ${facts.map(([name, value]) => value && html`<div key=${name}><dt>${t(`pace.${name}`)}</dt><dd>${value}</dd></div>`)}
    </dl>
  </section>`;
}

/** The limit that decides, and when the campaign goes on. @param {Pace} pace */
function sentence({ limit, messages_per_minute, connection_per_minute, other_campaigns, continues_at, today }) {
  const said = codeText("pace", limit, {
    count: messages_per_minute < 10 ? Math.round(messages_per_minute * 10) / 10 : Math.round(messages_per_minute),
    connection: connection_per_minute ?? 0,
    others: t("pace.others", { count: other_campaigns }),
    messages: t("pace.messages", { count: today?.message_limit ?? 0 }),
    contacts: t("pace.contacts", { count: today?.first_contact_limit ?? 0 }),
  });
  return continues_at ? `${said} ${t("pace.continues", { time: moment(continues_at) })}` : said;
}

/** What has left in the last minute, and how much of it is this campaign's. @param {Pace} pace */
function minute({ sent_last_minute: own, connection_sent_last_minute: all }) {
  const sent = t("pace.messages", { count: own });
  return all > own ? t("pace.of_connection", { sent, all }) : sent;
}

/** @param {number} count @param {number | null} limit */
const used = (count, limit) => (limit === null ? t("pace.messages", { count }) : t("pace.used", { used: count, count: limit }));
