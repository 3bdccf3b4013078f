/** What can be done with a campaign, as far as its state allows it; each action says how many people it concerns. */
import { call } from "../api.js";
import { clock, number } from "../format.js";
import { html } from "../html.js";
import { codeText, t } from "../i18n.js";
import { exists } from "../pages.js";
import { navigate } from "../router.js";
import { toast } from "../state.js";
import { countsOf, isRetry, moment } from "./campaign_words.js";
import { confirm } from "./dialog.js";
import { problemText } from "./problem.js";

/** @typedef {import("hidra-api").Campaign} Campaign */
/** @typedef {import("hidra-api").RecipientsSummary} Summary */
/** @typedef {(campaign: Campaign) => void} Changed what shows the campaign that an action has answered */

const MANY = 1000; // more people than this ask for the campaign's name

/** @param {Campaign} campaign */
export const canUnschedule = (campaign) => campaign.status === "scheduled" && !isRetry(campaign);

/** @param {Campaign} campaign */
export const canCancel = ({ status }) => ["draft", "scheduled", "running", "paused"].includes(status);

/** Whether an ended campaign has failures that a retry may reach: those in doubt may have arrived. @param {Campaign} campaign @param {Summary} summary */
export const canRetry = ({ status }, summary) =>
  (status === "completed" || status === "failed") &&
  summary.counts.some((it) => it.status === "failed" && it.error_code !== "outcome_unknown");

/** @param {() => Promise<void>} act */
async function attempt(act) {
  try {
    await act();
  } catch (/** @type {any} */ failure) {
    toast(problemText(failure));
  }
}

/** @param {Campaign} campaign @param {Changed} changed */
export const pause = (campaign, changed) =>
  attempt(async () => {
    changed(await call("pause_campaign", { campaign_id: campaign.id }));
    toast(t("campaign.done.pause", { time: clock(new Date()) }), () => resume(campaign, changed));
  });

/** @param {Campaign} campaign @param {Changed} changed */
const resume = (campaign, changed) =>
  attempt(async () => {
    changed(await call("resume_campaign", { campaign_id: campaign.id }));
    toast(t("campaign.done.resume"));
  });

/** Sending goes on only after a yes. @param {Campaign} campaign @param {Summary} summary @param {Changed} changed */
export async function askResume(campaign, summary, changed) {
  const { pending, sending } = countsOf(summary);
  const left = pending + sending;
  const sure = await confirm({
    title: t("campaign.resume.title", { name: campaign.name }),
    body: html`<p>${t("campaign.resume.text", { count: left })}</p>`,
    action: t("campaign.resume.action"),
    ...(left > MANY && { typed: campaign.name }),
  });
  if (sure) await resume(campaign, changed);
}

/** @param {Campaign} campaign @param {Changed} changed */
export const unschedule = (campaign, changed) =>
  attempt(async () => {
    const { id: campaign_id, scheduled_at, not_after } = campaign;
    changed(await call("unschedule_campaign", { campaign_id }));
    const undo = () =>
      attempt(async () => changed(await call("schedule_campaign", { campaign_id }, { scheduled_at: /** @type {string} */ (scheduled_at), not_after })));
    toast(t("campaign.done.unschedule"), undo);
  });

/** @param {Campaign} campaign @param {Summary} summary @param {Changed} changed */
export async function cancel(campaign, summary, changed) {
  const { pending, sending } = countsOf(summary);
  const left = pending + sending;
  const sure = await confirm({
    title: t("campaign.cancel.title", { name: campaign.name }),
    body: html`<p>${left ? t("campaign.cancel.text", { count: left }) : t("campaign.cancel.text_before")}</p>`,
    action: t("campaign.cancel.action"),
    danger: true,
    ...(left > MANY && { typed: campaign.name }),
  });
  if (!sure) return;
  await attempt(async () => {
    changed(await call("cancel_campaign", { campaign_id: campaign.id }));
    toast(t("campaign.done.cancel", { name: campaign.name }));
  });
}

/** A retry says beforehand whom it reaches and when it ends. @param {Campaign} campaign @param {Changed} changed */
export const retry = (campaign, changed) =>
  attempt(async () => {
    const forecast = await call("preflight_campaign", { campaign_id: campaign.id });
    const reasons = forecast.will_not.map((it) => `${number(it.recipients)} × ${codeText("error", it.reason)}`);
    if (!forecast.will_receive) return toast(t("campaign.retry.none", { reasons: reasons.join("; ") }));
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
        ${forecast.warnings
          .filter(({ code }) => code !== "campaign-ended")
          .map(({ code }) => html`<p key=${code}>${codeText("preflight", code)}</p>`)}
      `,
      action: t("campaign.retry.action"),
      ...(forecast.will_receive > MANY && { typed: campaign.name }),
    });
    if (!sure) return;
    changed(await call("retry_failed", { campaign_id: campaign.id }));
    toast(t("campaign.done.retry"));
  });

/** @param {Campaign} campaign */
export const duplicate = (campaign) =>
  attempt(async () => {
    const made = await call("duplicate_campaign", { campaign_id: campaign.id }, {});
    const edit = `/campaigns/${made.id}/edit`;
    navigate(exists(edit) ? edit : `/campaigns/${made.id}`);
    toast(t("campaign.done.duplicate", { name: made.name }));
  });

/** @param {Campaign} campaign @param {() => void} gone */
export async function remove(campaign, gone) {
  const sure = await confirm({
    title: t("campaign.delete.title", { name: campaign.name }),
    body: html`<p>${t("campaign.delete.text")}</p>`,
    action: t("campaign.delete.action"),
    danger: true,
  });
  if (!sure) return;
  await attempt(async () => {
    await call("delete_campaign", { campaign_id: campaign.id });
    toast(t("campaign.done.delete", { name: campaign.name }));
    gone();
  });
}
