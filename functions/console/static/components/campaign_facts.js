/** What a campaign is made of: its recipients, its text, its pace. */
import { call } from "../api.js";
import { duration } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { usePolling } from "../polling.js";
import { href } from "../router.js";
import { Time } from "./time.js";
import { windowText } from "./window_words.js";

/** @typedef {import("hidra-api").Campaign} Campaign */

/** The names of its parts, as far as they can be read. @param {Campaign} campaign */
async function load(campaign) {
  const [segment, template] = await Promise.allSettled([
    call("get_segment", { segment_id: campaign.segment_id }),
    call("get_template", { template_id: campaign.template_id }),
  ]);
  return {
    segment: segment.status === "fulfilled" ? segment.value : null,
    template: template.status === "fulfilled" ? template.value : null,
  };
}

/** @param {{campaign: Campaign, metrics: import("hidra-api").CampaignMetrics}} props */
export function CampaignFacts({ campaign, metrics }) {
  const { data } = usePolling(() => load(campaign), { key: `${campaign.segment_id} ${campaign.template_id}` });
  const average = metrics.average_delivery_ms;
  /** @type {[string, any][]} */
  const facts = [
    ["segment", data?.segment && link(`/segments/${data.segment.id}`, data.segment.name)],
    ["template", data?.template && link(`/templates/${data.template.id}`, data.template.title)],
    ["window", campaign.send_window && windowText(campaign.send_window)],
    ["pace", t("campaign.facts.per_minute", { count: campaign.max_messages_per_minute })],
    ["scheduled_at", campaign.status === "scheduled" && campaign.scheduled_at && html`<${Time} at=${campaign.scheduled_at} />`],
    ["not_after", campaign.status === "scheduled" && campaign.not_after && html`<${Time} at=${campaign.not_after} />`],
    ["started_at", campaign.started_at && html`<${Time} at=${campaign.started_at} />`],
    ["completed_at", campaign.completed_at && html`<${Time} at=${campaign.completed_at} />`],
    ["average", average !== null && duration(average / 1000)],
    ["excluded", campaign.exclude_segment_ids.length > 0 && t("campaign.facts.segments", { count: campaign.exclude_segment_ids.length })],
    ["quiet_days", campaign.not_contacted_for_days && t("campaign.facts.days", { count: campaign.not_contacted_for_days })],
    ["unregistered_days", campaign.skip_not_on_whatsapp_days > 0 && t("campaign.facts.days", { count: campaign.skip_not_on_whatsapp_days })],
    ["labels", campaign.labels.join(", ")],
    ["created_at", html`<${Time} at=${campaign.created_at} />`],
  ];
  return html`<section>
    <h2>${t("campaign.facts.title")}</h2>
    <dl class="facts">
      ${facts.map(([name, value]) => value && html`<div key=${name}><dt>${t(`campaign.facts.${name}`)}</dt><dd>${value}</dd></div>`)}
    </dl>
  </section>`;
}

/** @param {string} path @param {string} text */
const link = (path, text) => (exists(path) ? html`<a href=${href(path)}>${text}</a>` : text);
