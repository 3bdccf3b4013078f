/** What can be done with a campaign in its state, as actions of a menu; each names the campaign. */
import { call } from "../api.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { navigate } from "../router.js";
import { toast } from "../state.js";
import { confirm } from "./dialog.js";
import { problemText } from "./problem.js";

/** @typedef {Pick<import("hidra-api").ListedCampaign, "id" | "name" | "status" | "started_at" | "scheduled_at" | "not_after"> & {metrics?: {pending: number} | null}} Campaign */
/** @typedef {"paused" | "resumed" | "canceled" | "deleted" | "unscheduled" | "scheduled"} Change */

/**
 * @param {Campaign} campaign
 * @param {(change: Change) => void} after something has changed
 * @param {{edit?: boolean}} [options] whether the way to change it is among them
 * @returns {import("./menu.js").Action[]}
 */
export function campaignActions(campaign, after, { edit = true } = {}) {
  const { status } = campaign;
  const retry = status === "scheduled" && campaign.started_at !== null;
  const path = `/campaigns/${campaign.id}/edit`;
  const changes = (status === "draft" || (status === "scheduled" && !retry)) && edit && exists(path);
  const ends = ["scheduled", "running", "paused"].includes(status);
  /** @type {(import("./menu.js").Action | false)[]} */
  const actions = [
    changes && { text: t("campaigns.edit"), act: () => navigate(path) },
    status === "running" && { text: t("campaigns.pause"), act: () => pause(campaign, after) },
    status === "paused" && { text: t("campaigns.resume"), act: () => resume(campaign, after) },
    status === "scheduled" && !retry && { text: t("campaigns.unschedule"), act: () => unschedule(campaign, after) },
    { text: t("campaigns.duplicate"), act: () => duplicate(campaign) },
    ends && { text: t("campaigns.cancel"), danger: true, act: () => cancel(campaign, after) },
    status === "draft" && { text: t("campaigns.delete"), danger: true, act: () => remove(campaign, after) },
  ];
  return actions.filter((action) => action !== false);
}

/** What failed is said in its words, and the list shows what is. @param {() => Promise<unknown>} work */
async function attempt(work) {
  try {
    await work();
  } catch (/** @type {any} */ failure) {
    if (!failure.code) throw failure;
    toast(problemText(failure));
  }
}

/** Stop what goes out, at once; the notice has the way back. @param {Campaign} campaign @param {(change: Change) => void} after */
export const pause = ({ id, name }, after) =>
  attempt(async () => {
    await call("pause_campaign", { campaign_id: id });
    after("paused");
    toast(t("campaigns.paused", { name, time: clock(new Date()) }), () =>
      attempt(async () => {
        await call("resume_campaign", { campaign_id: id });
        after("resumed");
      }),
    );
  });

/** @param {Campaign} campaign @param {(change: Change) => void} after */
export const resume = (campaign, after) =>
  attempt(async () => {
    const { id, name } = campaign;
    const { pending } = campaign.metrics ?? (await call("get_campaign_metrics", { campaign_id: id }));
    const yes = await confirm({
      title: t("campaigns.resume_title", { name }),
      body: t("campaigns.resume_text", { count: pending }),
      action: t("campaigns.resume"),
    });
    if (!yes) return;
    await call("resume_campaign", { campaign_id: id });
    after("resumed");
    toast(t("campaigns.resumed", { name }));
  });

/** @param {Campaign} campaign @param {(change: Change) => void} after */
export const cancel = (campaign, after) =>
  attempt(async () => {
    const { id, name, status } = campaign;
    const pending = status === "scheduled" ? null : (campaign.metrics ?? (await call("get_campaign_metrics", { campaign_id: id }))).pending;
    const yes = await confirm({
      title: t("campaigns.cancel_title", { name }),
      body: pending === null ? t("campaigns.cancel_scheduled") : t("campaigns.cancel_text", { count: pending }),
      action: t("campaigns.cancel"),
      back: t("campaigns.keep"),
      danger: true,
    });
    if (!yes) return;
    await call("cancel_campaign", { campaign_id: id });
    after("canceled");
    toast(t("campaigns.canceled", { name }));
  });

/** @param {Campaign} campaign @param {(change: Change) => void} after */
const unschedule = ({ id, name, scheduled_at, not_after }, after) =>
  attempt(async () => {
    await call("unschedule_campaign", { campaign_id: id });
    after("unscheduled");
    const undo = () =>
      attempt(async () => {
        await call("schedule_campaign", { campaign_id: id }, { scheduled_at: /** @type {string} */ (scheduled_at), not_after });
        after("scheduled");
      });
    toast(t("campaigns.unscheduled", { name }), undo);
  });

/** @param {Campaign} campaign */
const duplicate = ({ id, name }) =>
  attempt(async () => {
    const copy = await call("duplicate_campaign", { campaign_id: id }, { name: t("campaigns.copy_name", { name }).slice(0, 200) });
    navigate(`/campaigns/${copy.id}/edit`);
    toast(t("campaigns.duplicated", { name: copy.name }), () =>
      attempt(async () => {
        await call("delete_campaign", { campaign_id: copy.id });
        navigate("/campaigns");
      }),
    );
  });

/** @param {Campaign} campaign @param {(change: Change) => void} after */
const remove = ({ id, name }, after) =>
  attempt(async () => {
    const yes = await confirm({
      title: t("campaigns.delete_title", { name }),
      body: t("campaigns.delete_text"),
      action: t("campaigns.delete"),
      danger: true,
    });
    if (!yes) return;
    await call("delete_campaign", { campaign_id: id });
    after("deleted");
    toast(t("campaigns.deleted", { name }));
  });
