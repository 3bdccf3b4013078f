/** Sending again to the failed ones of a campaign, after a forecast and a yes. */
import { call } from "../api.js";
import { number } from "../format.js";
import { html } from "../html.js";
import { codeText, t } from "../i18n.js";
import { toast } from "../state.js";
import { MANY, attempt } from "./campaign_actions.js";
import { moment } from "./campaign_words.js";
import { confirm } from "./dialog.js";

/** @typedef {import("hidra-api").Campaign} Campaign */
/** @typedef {import("hidra-api").RecipientsSummary} Summary */

/** Whether an ended campaign has failures that a retry may reach: those in doubt may have arrived. @param {Campaign} campaign @param {Summary} summary */
export const canRetry = ({ status }, summary) =>
  (status === "completed" || status === "failed") &&
  summary.counts.some((it) => it.status === "failed" && it.error_code !== "outcome_unknown");

/** A retry says beforehand how many people it reaches and when it ends. @param {Campaign} campaign @param {Summary} summary @param {import("./campaign_actions.js").After} after */
export const retry = (campaign, summary, after) =>
  attempt(async () => {
    const forecast = await call("preflight_campaign", { campaign_id: campaign.id });
    const reasons = forecast.will_not.map((it) => `${number(it.recipients)} × ${codeText("error", it.reason)}`);
    if (!forecast.will_receive) return toast(t("campaign.retry.none", { reasons: reasons.join("; ") }));
    const unregistered = summary.counts.find((it) => it.status === "failed" && it.error_code === "not_on_whatsapp")?.recipients;
    const sure = await confirm({
      title: t("campaign.retry.title", { count: forecast.will_receive }),
      body: html`
        <p>
          ${forecast.expected_end
            ? t("campaign.retry.text", { name: campaign.name, time: moment(forecast.expected_end) })
            : t("campaign.retry.text_open", { name: campaign.name })}
        </p>
        ${reasons.length > 0 &&
        html`<p>${t("campaign.retry.will_not")}</p>
          <ul>
            ${reasons.map((reason) => html`<li key=${reason}>${reason}</li>`)}
          </ul>`}
        ${unregistered && html`<p>${t("campaign.retry.not_on_whatsapp", { count: unregistered })}</p>`}
        ${forecast.warnings
          .filter(({ code }) => code !== "campaign-ended")
          .map(({ code }) => html`<p key=${code}>${codeText("preflight", code)}</p>`)}
      `,
      action: t("campaign.retry.action"),
      ...(forecast.will_receive > MANY && { typed: campaign.name }),
    });
    if (!sure) return;
    after("retry", await call("retry_failed", { campaign_id: campaign.id }));
    toast(t("campaign.done.retry"));
  });
