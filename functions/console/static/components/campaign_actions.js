/** What can be done with a campaign in its state; each action names it and says how many people it concerns. */
import { call } from "../api.js";
import { clock } from "../format.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { follow, navigate } from "../router.js";
import { connection, loadConnection, toast } from "../state.js";
import { isRetry } from "./campaign_words.js";
import { confirm } from "./dialog.js";
import { problemText } from "./problem.js";

/** @typedef {Pick<import("hidra-api").ListedCampaign, "id" | "name" | "status" | "started_at" | "scheduled_at" | "not_after"> & {metrics?: {pending: number} | null}} Campaign */
/** @typedef {"pause" | "resume" | "cancel" | "delete" | "unschedule" | "schedule" | "retry"} Change */
/** @typedef {(change: Change, answered?: import("hidra-api").Campaign) => void} After something has changed; the campaign as it is now, if it is still there */
/** @typedef {import("./menu.js").Action & {name: string}} Named */

export const MANY = 1000; // more people than this ask for the campaign's name

/** @param {Campaign} campaign @param {After} after @returns {Named[]} */
export function campaignActions(campaign, after) {
  const { status } = campaign;
  const waits = status === "scheduled" && !isRetry(campaign);
  const path = `/campaigns/${campaign.id}/edit`;
  /** @type {[string, boolean, () => void, boolean?][]} */
  const actions = [
    ["edit", (status === "draft" || waits) && exists(path), () => follow(path)],
    ["pause", status === "running", () => pause(campaign, after)],
    ["resume", status === "paused", () => resume(campaign, after)],
    ["unschedule", waits, () => unschedule(campaign, after)],
    ["duplicate", true, () => duplicate(campaign)],
    ["cancel", ["scheduled", "running", "paused"].includes(status), () => cancel(campaign, after), true],
    ["delete", status === "draft", () => remove(campaign, after), true],
  ];
  return actions.filter(([, fits]) => fits).map(([name, , act, danger]) => ({ name, text: t(`campaign.action.${name}`), act, danger }));
}

/** What failed is said in its words. @param {() => Promise<unknown>} work */
export async function attempt(work) {
  try {
    await work();
  } catch (/** @type {any} */ failure) {
    if (!failure.code) throw failure;
    toast(problemText(failure));
  }
}

/** How many people still wait. @param {Campaign} campaign */
const pendingOf = async ({ id, metrics }) => (metrics ?? (await call("get_campaign_metrics", { campaign_id: id }))).pending;

/** Stop what goes out, at once; the notice has the way back. @param {Campaign} campaign @param {After} after */
export const pause = ({ id, name }, after) =>
  attempt(async () => {
    after("pause", await call("pause_campaign", { campaign_id: id }));
    const undo = () => attempt(async () => after("resume", await call("resume_campaign", { campaign_id: id })));
    toast(t("campaign.done.pause", { name, time: clock(new Date()) }), undo);
  });

/** Sending goes on only after a yes. @param {Campaign} campaign @param {After} after */
export const resume = (campaign, after) =>
  attempt(async () => {
    const { id, name } = campaign;
    const [count] = await Promise.all([pendingOf(campaign), loadConnection().catch(() => {})]);
    const linked = connection.value?.status === "connected";
    const sure = await confirm({
      title: t("campaign.resume.title", { name }),
      body: linked ? t("campaign.resume.text", { count }) : t("campaign.resume.text_unlinked", { count }),
      action: t("campaign.resume.action"),
      ...(count > MANY && { typed: name }),
    });
    if (!sure) return;
    after("resume", await call("resume_campaign", { campaign_id: id }));
    toast(t("campaign.done.resume", { name }));
  });

/** @param {Campaign} campaign @param {After} after */
const cancel = (campaign, after) =>
  attempt(async () => {
    const { id, name, status } = campaign;
    const count = status === "scheduled" ? 0 : await pendingOf(campaign);
    const sure = await confirm({
      title: t("campaign.cancel.title", { name }),
      body: count ? t("campaign.cancel.text", { count }) : t("campaign.cancel.text_before"),
      action: t("campaign.cancel.action"),
      back: t("campaign.cancel.keep"),
      danger: true,
      ...(count > MANY && { typed: name }),
    });
    if (!sure) return;
    after("cancel", await call("cancel_campaign", { campaign_id: id }));
    toast(t("campaign.done.cancel", { name }));
  });

/** @param {Campaign} campaign @param {After} after */
const unschedule = ({ id, name, scheduled_at, not_after }, after) =>
  attempt(async () => {
    after("unschedule", await call("unschedule_campaign", { campaign_id: id }));
    const times = { scheduled_at: /** @type {string} */ (scheduled_at), not_after };
    const undo = () => attempt(async () => after("schedule", await call("schedule_campaign", { campaign_id: id }, times)));
    toast(t("campaign.done.unschedule", { name }), undo);
  });

/** @param {Campaign} campaign */
const duplicate = ({ id, name }) =>
  attempt(async () => {
    const copy = await call("duplicate_campaign", { campaign_id: id }, { name: t("campaign.copy_name", { name }).slice(0, 200) });
    navigate(`/campaigns/${copy.id}/edit`);
    const undo = () =>
      attempt(async () => {
        await call("delete_campaign", { campaign_id: copy.id });
        navigate("/campaigns");
      });
    toast(t("campaign.done.duplicate", { name: copy.name }), undo);
  });

/** @param {Campaign} campaign @param {After} after */
const remove = ({ id, name }, after) =>
  attempt(async () => {
    const sure = await confirm({
      title: t("campaign.delete.title", { name }),
      body: t("campaign.delete.text"),
      action: t("campaign.delete.action"),
      danger: true,
    });
    if (!sure) return;
    await call("delete_campaign", { campaign_id: id });
    after("delete");
    toast(t("campaign.done.delete", { name }));
  });
