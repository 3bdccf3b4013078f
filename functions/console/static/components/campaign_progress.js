/** How far a campaign is, as a count and a bar. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Bar } from "./bar.js";

/** What is pending has left then, and its confirmation is missing. */
const ENDED = ["completed", "canceled"];

/** @param {{campaign: import("hidra-api").ListedCampaign}} props */
export function CampaignProgress({ campaign: { metrics, status } }) {
  if (!metrics?.total_messages) return null;
  const { delivered, failed, skipped, pending, total_messages: total } = metrics;
  /** @type {import("./bar.js").Part[]} */
  const parts = [
    { tone: "green", count: delivered, text: t("overview.part.delivered", { count: delivered }) },
    { tone: "red", count: failed, text: t("overview.part.failed", { count: failed }) },
    { tone: "slate", count: skipped, text: t("overview.part.skipped", { count: skipped }) },
    { tone: "amber", count: pending, text: t(ENDED.includes(status) ? "overview.part.unconfirmed" : "overview.part.pending", { count: pending }) },
  ];
  const rest = parts.slice(1).filter((part) => part.count > 0);
  return html`<div class="progress">
    <span class="numbers">${t("campaigns.progress", { delivered, total })}</span>
    <${Bar} parts=${parts} total=${total} />
    ${rest.length > 0 && html`<span class="quiet numbers">${rest.map((part) => part.text).join(" · ")}</span>`}
  </div>`;
}
