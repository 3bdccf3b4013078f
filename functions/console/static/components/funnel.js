/** What became of a campaign's recipients: one bar, and its numbers below it. */
import { percent } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Bar } from "./bar.js";
import { countsOf } from "./campaign_words.js";
import { Figure } from "./figure.js";

/**
 * @param {object} props
 * @param {import("hidra-api").RecipientsSummary} props.summary
 * @param {any} props.metrics which counts replies, where the API does
 */
export function Funnel({ summary, metrics }) {
  const counts = countsOf(summary);
  const { total } = summary;
  const waiting = counts.pending + counts.sending;
  /** @type {[import("./status.js").Tone, string, number][]} */
  const pieces = [
    ["blue", "read", counts.read],
    ["green", "unread", counts.delivered],
    ["teal", "sent", counts.sent],
    ["violet", "unknown", counts.unknown],
    ["red", "failed", counts.failed],
    ["slate", "skipped", counts.skipped],
    ["amber", "pending", waiting],
  ];
  const parts = pieces.map(([tone, name, count]) => ({ tone, count, text: t(`campaign.part.${name}`, { count }) }));
  const replied = metrics?.replied;
  /** @type {[import("./status.js").Tone, string, number, string][]} */
  const figures = [
    ["teal", "sent", counts.sent, t("campaign.hint.sent")],
    ["green", "delivered", summary.delivered, percent(summary.delivered, total)],
    ["blue", "read", counts.read, t("campaign.hint.read", { share: percent(counts.read, summary.delivered) })],
  ];
  if (replied !== undefined) {
    figures.push(["blue", "replied", replied, t("campaign.hint.read", { share: percent(replied, summary.delivered) })]);
  }
  figures.push(["red", "failed", counts.failed, percent(counts.failed, total)]);
  figures.push(["slate", "skipped", counts.skipped, percent(counts.skipped, total)]);
  if (counts.unknown) figures.push(["violet", "unknown", counts.unknown, t("campaign.hint.unknown")]);
  figures.push(["amber", "pending", waiting, t("campaign.hint.pending")]);
  return html`<section aria-label=${t("campaign.funnel")}>
    <${Bar} parts=${parts} total=${total} />
    <ul class="figures">
      ${figures.map(
        ([tone, name, value, hint]) => html`<li key=${name} data-figure=${name} class=${value ? "" : "none"}>
          <span class="figure-name"><span class="dot ${tone}" />${t(`campaign.figure.${name}`)}</span>
          <${Figure} value=${value} />
          <span class="quiet">${hint}</span>
        </li>`,
      )}
    </ul>
  </section>`;
}
