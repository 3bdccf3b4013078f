/** States as a word with its picture and colour, never as a colour alone. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";

/** @typedef {"green" | "blue" | "red" | "amber" | "violet" | "slate" | "teal"} Tone */

/** @type {Record<string, [Tone, import("./icon.js").IconName]>} */
const CAMPAIGN = {
  draft: ["slate", "pencil"],
  scheduled: ["blue", "clock"],
  running: ["teal", "send"],
  blocked: ["amber", "alert"],
  paused: ["amber", "pause"],
  completed: ["green", "check"],
  failed: ["red", "alert"],
  canceled: ["slate", "stop"],
};
/** @type {Record<string, [Tone, import("./icon.js").IconName]>} */
const RECIPIENT = {
  pending: ["amber", "clock"],
  sending: ["amber", "send"],
  unknown: ["violet", "question"],
  sent: ["teal", "send"],
  delivered: ["green", "check"],
  read: ["blue", "read"],
  failed: ["red", "alert"],
  skipped: ["slate", "skip"],
};
/** @type {Record<string, [Tone, import("./icon.js").IconName]>} */
const JOB = {
  waiting: ["amber", "clock"],
  running: ["teal", "send"],
  completed: ["green", "check"],
  failed: ["red", "alert"],
  canceled: ["slate", "stop"],
};
const KINDS = { campaign: CAMPAIGN, recipient: RECIPIENT, job: JOB };

/**
 * The state of a campaign, a recipient, or an import or export ("job").
 *
 * @param {{kind: keyof typeof KINDS, state: string}} props
 */
export function Status({ kind, state }) {
  const [tone, icon] = KINDS[kind][state] ?? ["slate", "info"];
  return html`<span class="status ${tone}"><${Icon} name=${icon} size=${16} />${t(`status.${kind}.${state}`)}</span>`;
}

/** A running campaign that makes no progress is shown as blocked. @param {{status: string, blocked_code: string | null}} campaign */
export const campaignState = ({ status, blocked_code }) => (status === "running" && blocked_code ? "blocked" : status);

/**
 * @param {import("hidra-api").Connection | null} connection
 * @returns {{tone: Tone, text: string}}
 */
export function connectionState(connection) {
  const state = connection?.status ?? "none";
  /** @type {Record<string, Tone>} */
  const tones = { connected: "green", connecting: "amber", disconnected: "red", error: "red", none: "slate" };
  return { tone: tones[state] ?? "slate", text: t(`status.connection.${state}`) };
}
