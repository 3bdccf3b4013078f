/** What stands below a campaign's numbers, and is loaded after them: its timeline, its recipients, its runs. */
import { html } from "../html.js";
import { Reasons } from "./reasons.js";
import { Recipients } from "./recipients.js";
import { Runs } from "./runs.js";
import { Timeline } from "./timeline.js";

/**
 * @param {object} props
 * @param {import("hidra-api").Campaign} props.campaign
 * @param {import("hidra-api").RecipientsSummary} props.summary
 * @param {Record<string, string>} props.query
 * @param {boolean} props.live
 */
export function CampaignDetails({ campaign, summary, query, live }) {
  const started = summary.total > 0;
  return html`
    ${campaign.started_at && html`<${Timeline} campaign=${campaign} live=${live} />`}
    ${started && html`<${Recipients} campaign_id=${campaign.id} summary=${summary} query=${query} live=${live} />`}
    ${started && html`<${Reasons} summary=${summary} />`}
    ${campaign.started_at && html`<${Runs} campaign=${campaign} live=${live} />`}
  `;
}
