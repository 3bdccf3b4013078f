/** One campaign, live: what goes on and why, what became of its recipients, and what can be done. */
import { call } from "../api.js";
import { blockedText } from "../components/blocked.js";
import { campaignActions, pause, resume } from "../components/campaign_actions.js";
import { CampaignFacts } from "../components/campaign_facts.js";
import { useForecast } from "../components/campaign_forecast.js";
import { canRetry, retry } from "../components/campaign_retry.js";
import { countsOf, isRetry, sentence } from "../components/campaign_words.js";
import { useExport } from "../components/export.js";
import { Funnel } from "../components/funnel.js";
import { Icon } from "../components/icon.js";
import { useModule } from "../components/later.js";
import { Menu } from "../components/menu.js";
import { Missing, isMissing } from "../components/missing.js";
import { Notice } from "../components/notice.js";
import { PaceNow } from "../components/pace_now.js";
import { Page } from "../components/page.js";
import { Problem } from "../components/problem.js";
import { SendingDays } from "../components/sending_days.js";
import { Skeleton } from "../components/skeleton.js";
import { Status, campaignState } from "../components/status.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { usePolling } from "../polling.js";
import { href, navigate } from "../router.js";
import { announce, connection, fitConnection, isBack } from "../state.js";

const loadDetails = () => import("../components/campaign_details.js");
const loadForm = () => import("../components/campaign_form.js");
const EVERY = 3000;
const EVERY_LARGE = 10_000;
const EVERY_STARTING = 1000; // until the start that was asked for is seen
const LARGE = 100_000; // the counts of so many recipients take the database a while
const SETTLING = 60_000; // late statuses are waited for until none has come for so long

/** @param {string} campaign_id */
async function load(campaign_id) {
  // First alone: of another account's campaign nothing more is asked.
  const campaign = await call("get_campaign", { campaign_id });
  const [metrics, summary, pace] = await Promise.all([
    call("get_campaign_metrics", { campaign_id }),
    call("count_recipients", { campaign_id }),
    campaign.status === "running" ? call("get_campaign_pace", { campaign_id }) : null,
    fitConnection([campaign]),
  ]);
  // Its start has come between the two answers.
  const begun = campaign.status === "scheduled" && !isRetry(campaign) && summary.total > 0;
  return { campaign: begun ? await call("get_campaign", { campaign_id }) : campaign, metrics, summary, pace };
}

/** @typedef {Awaited<ReturnType<typeof load>>} Found */

/** @param {Found} found @param {number} changed when a count changed last, in ms */
function isLive({ campaign, summary }, changed) {
  if (campaign.status === "running") return true;
  if (campaign.status === "scheduled") return Date.parse(campaign.scheduled_at ?? "") - Date.now() < 120_000;
  const { sending, unknown, sent } = countsOf(summary);
  const moved = Math.max(changed, Date.parse(campaign.completed_at ?? "") || 0);
  return sending + unknown + sent > 0 && Date.now() - moved < SETTLING;
}

/** @param {Found} found */
function everyOf({ campaign, summary }) {
  if (campaign.status === "scheduled" && Date.parse(campaign.scheduled_at ?? "") <= Date.now()) return EVERY_STARTING;
  return summary.total > LARGE ? EVERY_LARGE : EVERY;
}

/** @param {{params: Record<string, string>, query: Record<string, string>}} props */
export default function Campaign({ params, query }) {
  const changed = useRef({ counts: "", at: 0 });
  const { data, failure, reload, replace } = usePolling(
    async () => {
      const found = await load(params.id);
      const counts = JSON.stringify([found.campaign.status, found.summary.counts]);
      const { counts: before } = changed.current;
      // Of a campaign that ended long ago the first look is no change.
      if (counts !== before) changed.current = { counts, at: before || !found.campaign.completed_at ? Date.now() : 0 };
      return found;
    },
    { moves: (found) => isLive(found, changed.current.at), every: everyOf, key: params.id },
  );
  const [editing, setEditing] = useState(false);
  const form = useModule(editing && loadForm);
  const begun = data && (data.summary.total > 0 || data.campaign.started_at !== null);
  const details = useModule(begun && loadDetails);
  const file = useExport("recipients", params.id);
  const live = data !== undefined && isLive(data, changed.current.at);
  const forecast = useForecast(data?.campaign);
  const words = data && sentence(data.campaign, data.summary, forecast?.expected_end);
  useEffect(() => {
    if (live && words) announce(words);
  }, [data]);
  const back = exists("/campaigns") ? { href: href("/campaigns"), text: t("campaign.back") } : { href: href("/"), text: t("overview.title") };
  if (isMissing(failure)) return html`<${Missing} back=${back} />`;
  if (!data) {
    return html`<${Page} title=${t("campaign.title")} back=${back}>
      ${failure ? html`<${Problem} failure=${failure} retry=${reload} />` : html`<${Skeleton} lines=${4} tall />`}
    <//>`;
  }
  const { campaign, metrics, summary, pace } = data;
  /** @param {import("hidra-api").Campaign} [answered] */
  const show = (answered) => {
    if (!answered) return navigate("/campaigns");
    replace({ ...data, campaign: answered });
    setEditing(false);
    reload();
  };
  /** @type {import("../components/campaign_actions.js").After} */
  const after = (_, answered) => show(answered);
  const started = summary.total > 0;
  return html`<${Page}
    title=${campaign.name}
    back=${back}
    action=${html`<${Primary} found=${data} after=${after} />`}
    more=${html`<${Menu} actions=${menu(data, after, file.start, () => setEditing(true))} />`}
  >
    <section class="now">
      <div class="now-head">
        <p class="lead numbers">${words}</p>
        <${Status} kind="campaign" state=${campaignState(campaign)} />
      </div>
      <${Why} campaign=${campaign} />
      ${campaign.description && html`<p class="quiet">${campaign.description}</p>`}
    </section>
    ${form && html`<${form.CampaignForm} campaign=${campaign} onSaved=${show} onCancel=${() => setEditing(false)} />`}
    ${file.panel}
    ${started && html`<${Funnel} summary=${summary} metrics=${metrics} />`}
    ${started && campaign.status === "running" && pace && html`<${PaceNow} pace=${pace} />`}
    ${forecast &&
    (campaign.status === "scheduled" ? forecast.days.length > 0 : forecast.days.length > 1) &&
    html`<section><h2>${t("wizard.time.days")}</h2><${SendingDays} forecast=${forecast} window=${campaign.send_window} /></section>`}
    ${details
      ? html`<${details.CampaignDetails} campaign=${campaign} summary=${summary} query=${query} live=${live} />`
      : begun && html`<${Skeleton} lines=${3} tall />`}
    <${CampaignFacts} campaign=${campaign} metrics=${metrics} />
  <//>`;
}

/** Why it stands still, and what leads on. @param {{campaign: import("hidra-api").Campaign}} props */
function Why({ campaign }) {
  if (!campaign.blocked_code) return null;
  const linked = /^(no-connection|connection-)/.test(campaign.blocked_code);
  const scan = campaign.blocked_code === "connection-not-connected" && connection.value?.integration !== "cloud_api";
  const action = linked && !isBack(campaign) && html`<a class="button" href=${href("/connection")}>${t(scan ? "campaign.scan" : "campaign.connection")}</a>`;
  return html`<${Notice} tone=${campaign.status === "failed" ? "red" : "amber"} action=${action}>
    <p>${blockedText(campaign)}</p>
    ${campaign.blocked_params.detail && html`<p class="quiet">${t("connection.reported")} <span lang="en">${campaign.blocked_params.detail}</span></p>`}
  <//>`;
}

/** The one action that a campaign in this state asks for first. @param {{found: Found, after: import("../components/campaign_actions.js").After}} props */
function Primary({ found: { campaign, metrics, summary }, after }) {
  const edit = `/campaigns/${campaign.id}/edit`;
  if (campaign.status === "running") {
    return html`<button class="primary" onClick=${() => pause(campaign, after)}><${Icon} name="pause" size=${16} />${t("campaign.action.pause")}</button>`;
  }
  if (campaign.status === "paused") {
    return html`<button class="primary" onClick=${() => resume({ ...campaign, metrics }, after)}><${Icon} name="play" size=${16} />${t("campaign.action.resume")}</button>`;
  }
  if (campaign.status === "draft" && exists(edit)) return html`<a class="button primary" href=${href(edit)}>${t("campaign.action.continue")}</a>`;
  if (!canRetry(campaign, summary)) return null;
  return html`<button class="primary" onClick=${() => retry(campaign, summary, after)}>${t("campaign.action.retry")}</button>`;
}

/**
 * The other actions that its state allows.
 *
 * @param {Found} found
 * @param {import("../components/campaign_actions.js").After} after
 * @param {() => void} start_export
 * @param {() => void} change
 */
function menu({ campaign, metrics, summary }, after, start_export, change) {
  const shown = ["pause", "resume", ...(campaign.status === "draft" ? ["edit"] : [])]; // the primary one
  const actions = campaignActions({ ...campaign, metrics }, after).filter(({ name }) => !shown.includes(name));
  const report = [
    { text: t("campaign.action.export"), act: start_export },
    { text: t("campaign.action.print"), act: () => window.print() },
  ];
  return [
    { text: t("campaign.action.change"), act: change },
    ...actions.filter((action) => !action.danger),
    ...(summary.total > 0 ? report : []),
    ...actions.filter((action) => action.danger),
  ];
}
