/** What goes out now, what waits for a person's action, what comes next; and the first steps of a new account. */
import { call } from "../api.js";
import { Bar } from "../components/bar.js";
import { Icon } from "../components/icon.js";
import { Notice } from "../components/notice.js";
import { Page } from "../components/page.js";
import { Reading } from "../components/reading.js";
import { Status, campaignState, connectionState } from "../components/status.js";
import { Time } from "../components/time.js";
import { blockedText } from "../components/blocked.js";
import { clock, number, when } from "../format.js";
import { html, useEffect } from "../html.js";
import { codeText, t } from "../i18n.js";
import { exists } from "../pages.js";
import { usePolling } from "../polling.js";
import { href } from "../router.js";
import { announce, connection, fitConnection } from "../state.js";

/** @typedef {import("hidra-api").ListedCampaign} Campaign */
/** @typedef {import("hidra-api").Overview} Sums */

const WEEK = 7 * 86_400_000;

async function load() {
  const [sums, campaigns, imports] = await Promise.all([
    call("get_overview"),
    loadCampaigns(),
    call("list_imports", { limit: 10 }),
  ]);
  await fitConnection(campaigns.running);
  const begun = sums.total_campaigns ? null : await loadBegun();
  return { sums, ...campaigns, imports: imports.items, begun };
}

/** What an account without a campaign has done already. */
async function loadBegun() {
  const [segments, templates] = await Promise.all([call("list_segments", { limit: 50 }), call("list_templates", { limit: 1 })]);
  return { people: segments.items.some((it) => it.total_contacts > 0), template: templates.items.length > 0 };
}

/** One after the other: side by side, each would start a process of the same function. */
async function loadCampaigns() {
  const running = await call("list_campaigns", { status: "running", with_metrics: true, limit: 20 });
  const paused = await call("list_campaigns", { status: "paused", with_metrics: true, limit: 20 });
  const scheduled = await call("list_campaigns", { status: "scheduled", limit: 20 });
  return { running: running.items, paused: paused.items, scheduled: scheduled.items };
}

/** @typedef {Awaited<ReturnType<typeof load>>} Found */

/** @param {Found} found */
const moves = ({ running, scheduled, imports }) =>
  running.length > 0 || scheduled.some(isSoon) || imports.some((it) => it.status === "running");

/** @param {Campaign} campaign */
const isSoon = ({ scheduled_at }) => scheduled_at !== null && Date.parse(scheduled_at) - Date.now() < 120_000;

export default function Overview() {
  const { data, failure, reload } = usePolling(load, { moves });
  useEffect(() => {
    if (data?.running.length) announce(sentence(data));
  }, [data]);
  if (!data) {
    return html`<${Page} title=${t("overview.title")}>
      <${Reading} failure=${failure} reload=${reload} lines=${4} tall />
    <//>`;
  }
  const sending = sendingOf(data);
  const fresh = data.sums.total_campaigns === 0;
  const action = exists("/campaigns/new") && !fresh && html`<a class="button primary" href=${href("/campaigns/new")}>${t("overview.new")}</a>`;
  return html`<${Page} title=${t("overview.title")} action=${action}>
    <p class="lead">${sentence(data)}</p>
    <${Waiting} found=${data} />
    ${fresh && html`<${FirstSteps} found=${data} />`}
    ${sending.length > 0 &&
    html`<section>
      <h2>${t("overview.now")}</h2>
      <ul class="rows">
        ${sending.map((campaign) => html`<${Running} key=${campaign.id} campaign=${campaign} />`)}
      </ul>
    </section>`}
    ${data.scheduled.length > 0 && html`<${Next} campaigns=${data.scheduled} />`}
    ${!fresh && html`<${Sums} sums=${data.sums} held=${data.running.length - sending.length} />`}
  <//>`;
}

/** Those that send; the other running ones wait. @param {Found} found */
const sendingOf = ({ running }) => running.filter((campaign) => campaignState(campaign) === "running");

/** What is going on, in one sentence. @param {Found} found */
function sentence(found) {
  const { running, scheduled, sums } = found;
  const sending = sendingOf(found);
  const sums_of_running = (sending.length ? sending : running).reduce(
    (sum, { metrics }) => ({
      delivered: sum.delivered + (metrics?.delivered ?? 0),
      total: sum.total + (metrics?.total_messages ?? 0),
    }),
    { delivered: 0, total: 0 },
  );
  if (running.length) {
    return t(sending.length ? "overview.sentence.running" : "overview.sentence.held", { count: sending.length || running.length, ...sums_of_running });
  }
  const [next] = byTime(scheduled);
  if (next?.scheduled_at) return t("overview.sentence.scheduled", { name: next.name, time: when(next.scheduled_at) });
  if (sums.total_campaigns) return t("overview.sentence.quiet");
  return t("overview.sentence.fresh", { count: stepsOf(found).filter((step) => !step.done).length });
}

/** @param {{campaign: Campaign}} props */
function Running({ campaign }) {
  const { metrics } = campaign;
  const total = metrics?.total_messages ?? 0;
  const parts = [
    part("green", "delivered", metrics?.delivered),
    part("red", "failed", metrics?.failed),
    part("slate", "skipped", metrics?.skipped),
    part("amber", "pending", metrics?.pending),
  ];
  return html`<li class="row">
    <div class="row-head">
      <${Name} campaign=${campaign} />
      <${Status} kind="campaign" state=${campaignState(campaign)} />
    </div>
    <p class="numbers">${t("overview.progress", { delivered: metrics?.delivered ?? 0, total })}${expected(campaign)}</p>
    <${Bar} parts=${parts} total=${total} legend />
  </li>`;
}

/**
 * @param {import("../components/status.js").Tone} tone
 * @param {string} name
 * @param {number} [count]
 */
const part = (tone, name, count = 0) => ({ tone, count, text: t(`overview.part.${name}`, { count }) });

/** When it ends at its pace, if nothing holds it up. @param {Campaign} campaign */
function expected(campaign) {
  const pending = campaign.metrics?.pending ?? 0;
  if (!pending || campaign.blocked_code) return "";
  const pace = Math.min(campaign.max_messages_per_minute, connection.value?.max_messages_per_minute ?? Infinity);
  const minutes = Math.max(1, Math.ceil(pending / pace));
  const end = new Date(Date.now() + minutes * 60_000);
  const time = end.toDateString() === new Date().toDateString() ? clock(end) : when(end);
  return ` ${t("overview.expected", { time, pace })}`;
}

/** @param {{campaign: Campaign}} props */
function Name({ campaign }) {
  const path = `/campaigns/${campaign.id}`;
  return exists(path) ? html`<a class="name" href=${href(path)}>${campaign.name}</a>` : html`<span class="name">${campaign.name}</span>`;
}

/** What stands still until a person acts. @param {{found: Found}} props */
function Waiting({ found }) {
  const problem = found.sums.total_campaigns > 0 && connection.value?.status !== "connected" && connection.value !== undefined;
  const held = [...found.running, ...found.paused].filter((campaign) => campaign.blocked_code);
  const rejects = found.imports.filter((it) => it.rejected > 0 && it.ended_at && Date.now() - Date.parse(it.ended_at) < WEEK);
  if (!problem && !held.length && !rejects.length && !found.paused.length) return null;
  return html`<section>
    <h2>${t("overview.waiting")}</h2>
    ${problem &&
    html`<${Notice} tone="red" action=${html`<a class="button" href=${href("/connection")}>${t("overview.connect")}</a>`}>
      <p>${t(`overview.connection.${connection.value?.status ?? "none"}`)}</p>
    <//>`}
    ${[...held, ...found.paused.filter((campaign) => !campaign.blocked_code)].map(
      (campaign) => html`<${Notice}
        key=${campaign.id}
        icon=${campaign.status === "paused" ? "pause" : "alert"}
        action=${html`<a class="button" href=${href(`/campaigns/${campaign.id}`)}>${t("overview.see")}<span class="sr"> ${campaign.name}</span></a>`}
      >
        <p><${Name} campaign=${campaign} /></p>
        <p>${campaign.blocked_code ? blockedText(campaign) : t("overview.paused", { count: campaign.metrics?.pending ?? 0 })}</p>
        <p class="quiet numbers">
          ${t("overview.progress", { delivered: campaign.metrics?.delivered ?? 0, total: campaign.metrics?.total_messages ?? 0 })}
        </p>
      <//>`,
    )}
    ${rejects.map(
      (it) => html`<${Notice}
        key=${it.id}
        icon="import"
        tone="slate"
        action=${exists(`/imports/${it.id}`) && html`<a class="button" href=${href(`/imports/${it.id}`)}>${t("overview.see")}</a>`}
      >
        <p>${t("overview.rejects", { count: it.rejected, name: it.segment_name ?? t("overview.import") })}</p>
        <p class="quiet">${reasons(it.rejected_by_reason)}</p>
      <//>`,
    )}
  </section>`;
}

/** The two most frequent reasons. @param {Record<string, number>} counts */
function reasons(counts) {
  const [first, second] = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  return [first, second].filter(Boolean).map(([code, count]) => `${number(count)} × ${codeText("reject", code)}`).join(" · ");
}

/** @param {{campaigns: Campaign[]}} props */
function Next({ campaigns }) {
  return html`<section>
    <h2>${t("overview.next")}</h2>
    <ul class="rows">
      ${byTime(campaigns).map(
        (campaign) => html`<li class="row line" key=${campaign.id}>
          <${Name} campaign=${campaign} />
          <span class="quiet">${campaign.scheduled_at && html`<${Time} at=${campaign.scheduled_at} />`}</span>
          <${Status} kind="campaign" state=${campaign.status} />
        </li>`,
      )}
    </ul>
  </section>`;
}

/** @param {Campaign[]} campaigns */
const byTime = (campaigns) => [...campaigns].sort((a, b) => Date.parse(a.scheduled_at ?? "") - Date.parse(b.scheduled_at ?? ""));

/** @param {{sums: Sums, held: number}} props `held`: how many of the running ones wait */
function Sums({ sums, held }) {
  const messages = [
    part("green", "delivered", sums.delivered_messages),
    part("red", "failed", sums.failed_messages),
    part("slate", "skipped", sums.skipped_messages),
    part("amber", "open", sums.pending_messages),
  ];
  const total = messages.reduce((sum, { count }) => sum + count, 0);
  /** @type {[string, number][]} */
  const cards = [
    ["running", Math.max(0, sums.running_campaigns - held)],
    ...(held ? [/** @type {[string, number]} */ (["held", held])] : []),
    ["scheduled", sums.scheduled_campaigns],
    ["draft", sums.draft_campaigns],
    ["paused", sums.paused_campaigns],
    ["completed", sums.completed_campaigns],
    ["failed", sums.failed_campaigns],
    ["canceled", sums.canceled_campaigns],
  ];
  return html`<section>
    <h2>${t("overview.all")}</h2>
    <p class="numbers">${t("overview.sums", { delivered: sums.delivered_messages, total })}</p>
    <${Bar} parts=${messages} total=${total} legend />
    <ul class="cards">
      ${cards.map(
        ([status, count]) => html`<li key=${status} class=${count ? "" : "none"}>
          ${exists("/campaigns") && count
            ? html`<a href=${href("/campaigns", { status: status === "held" ? "running" : status })}><b>${number(count)}</b><span>${t(`overview.count.${status}`, { count })}</span></a>`
            : html`<div><b>${number(count)}</b><span>${t(`overview.count.${status}`, { count })}</span></div>`}
        </li>`,
      )}
    </ul>
  </section>`;
}

/** From nothing to a campaign. @param {Found} found */
const stepsOf = ({ begun }) => [
  { name: "connect", path: "/connection", done: connection.value?.status === "connected" },
  { name: "import", path: "/imports/new", done: begun?.people ?? false },
  { name: "template", path: "/templates/new", done: begun?.template ?? false },
  { name: "campaign", path: "/campaigns/new", done: false },
];

/** The first step that is not done has the button. @param {{found: Found}} props */
function FirstSteps({ found }) {
  const steps = stepsOf(found);
  const current = steps.findIndex((step) => !step.done);
  return html`<section>
    <h2>${t("overview.steps.title")}</h2>
    <ol class="steps">
      ${steps.map(
        ({ name, path, done }, index) => html`<li key=${name} class=${done ? "done" : index === current ? "current" : ""}>
          <span class="step">${done ? html`<${Icon} name="check" size=${16} />` : index + 1}</span>
          <div>
            <h3>${t(`overview.steps.${name}.title`)}${done && html`<span class="sr"> (${t("overview.steps.done")})</span>`}</h3>
            <p>${done && name === "connect" ? connectionState(connection.value ?? null).text : t(`overview.steps.${name}.text`)}</p>
          </div>
          ${index === current && exists(path) && html`<a class="button primary" href=${href(path)}>${t(`overview.steps.${name}.action`)}</a>`}
        </li>`,
      )}
    </ol>
  </section>`;
}
