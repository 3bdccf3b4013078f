/** What goes on with a campaign and what happens next, in sentences. */
import { clock, when } from "../format.js";
import { t } from "../i18n.js";
import { connection } from "../state.js";

/** @typedef {import("hidra-api").Campaign} Campaign */
/** @typedef {import("hidra-api").RecipientsSummary} Summary */
/** @typedef {Record<import("hidra-api").MessageStatus, number>} Counts */

/** How many recipients are in each state. @param {Summary} summary @returns {Counts} */
export function countsOf(summary) {
  /** @type {Counts} */
  const counts = { pending: 0, sending: 0, unknown: 0, sent: 0, delivered: 0, read: 0, failed: 0, skipped: 0 };
  for (const { status, recipients } of summary.counts) counts[status] += recipients;
  return counts;
}

/** An instant within a sentence: "hoje às 16:40". @param {string | Date} instant */
export function moment(instant) {
  const date = new Date(instant);
  const days = ["today", "tomorrow"];
  const found = days.find((_, after) => date.toDateString() === new Date(Date.now() + after * 86_400_000).toDateString());
  return found ? t(`campaign.moment.${found}`, { time: clock(date) }) : t("campaign.moment.later", { time: when(date) });
}

/** How many may leave in a minute at most. @param {Campaign} campaign */
export const paceOf = (campaign) => Math.min(campaign.max_messages_per_minute, connection.value?.max_messages_per_minute ?? Infinity);

/** A retry is scheduled, not a first start. @param {Pick<Campaign, "status" | "started_at">} campaign */
export const isRetry = (campaign) => campaign.status === "scheduled" && campaign.started_at !== null;

/**
 * The page's first sentence.
 *
 * @param {Campaign} campaign
 * @param {Summary} summary
 * @param {string | null} [end] when the last message is expected to leave
 */
export function sentence(campaign, summary, end) {
  const counts = countsOf(summary);
  const { delivered, total } = summary;
  const left = counts.pending + counts.sending;
  const values = { delivered, total };
  /** @param {string} name @param {Record<string, string | number>} [more] */
  const say = (name, more = {}) => t(`campaign.sentence.${name}`, { ...values, ...more });
  switch (campaign.status) {
    case "draft":
      return say("draft");
    case "scheduled": {
      if (isRetry(campaign)) return say("retry");
      const at = campaign.scheduled_at;
      if (!at || Date.parse(at) <= Date.now()) return say("starting");
      return end ? say("scheduled_until", { time: moment(at), end: moment(end) }) : say("scheduled", { time: moment(at) });
    }
    case "running": {
      if (campaign.blocked_code) return say("blocked");
      if (!left) return say("finishing", { count: counts.sent + counts.unknown });
      return end ? say("running", { time: moment(end) }) : say("running_open", { count: left });
    }
    case "paused":
      return say("paused", { count: left });
    case "canceled":
      return say(total ? "canceled" : "canceled_before");
    case "failed":
      if (!total) return say("not_started");
  }
  const time = campaign.completed_at ? moment(campaign.completed_at) : "";
  const open = counts.sent + counts.unknown;
  const rest = open ? ` ${say("open", { count: open })}` : "";
  if (campaign.status === "completed" && counts.failed) return say("completed_failed", { time, count: counts.failed }) + rest;
  return say(campaign.status, { time }) + rest;
}
