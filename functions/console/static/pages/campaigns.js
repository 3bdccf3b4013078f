/** All campaigns: what each one does, how far it is, and what can be done with it. */
import { call } from "../api.js";
import { blockedText } from "../components/blocked.js";
import { campaignActions } from "../components/campaign_actions.js";
import { CampaignProgress } from "../components/campaign_progress.js";
import { Empty } from "../components/empty.js";
import { Field } from "../components/field.js";
import { Icon } from "../components/icon.js";
import { Menu } from "../components/menu.js";
import { Page } from "../components/page.js";
import { Status, campaignState } from "../components/status.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { useList, usePolling } from "../polling.js";
import { href, setQuery } from "../router.js";
import { fitConnection } from "../state.js";

/** @typedef {import("hidra-api").ListedCampaign} Campaign */

const STATES = /** @type {const} */ (["running", "paused", "scheduled", "draft", "completed", "failed", "canceled"]);
const TYPING = 300;
const SOON = 120_000;

/** @param {Campaign} campaign */
const moves = ({ status, scheduled_at }) =>
  status === "running" || (status === "scheduled" && scheduled_at !== null && Date.parse(scheduled_at) - Date.now() < SOON);

/** @param {{query: Record<string, string>}} props */
export default function Campaigns({ query }) {
  const { status, search, label } = query;
  const list = useList(
    async (page) => {
      const found = await call("list_campaigns", { ...page, status, search, label, with_metrics: true, limit: 50 });
      await fitConnection(found.items);
      return found;
    },
    { query, moves: ({ items }) => items.some(moves) },
  );
  const sums = usePolling(() => call("get_overview"), { key: list.items?.map(campaignState).join() });
  const latest = useRef(/** @type {any} */ (undefined));
  latest.current = sums.data ?? latest.current;
  const changed = () => {
    list.reload();
    sums.reload();
  };
  const filtered = Boolean(status || search || label);
  const create = html`<a class="button primary" href=${href("/campaigns/new")}>${t("campaigns.new")}</a>`;
  const empty = filtered
    ? html`<${Empty} icon="search" title=${t("campaigns.no_match")} action=${html`<a class="button" href=${href("/campaigns")}>${t("campaigns.show_all")}</a>`}>
        ${t("campaigns.no_match_text")}
      <//>`
    : html`<${Empty} icon="campaign" title=${t("campaigns.empty")} action=${create}>${t("campaigns.empty_text")}<//>`;
  const none = !filtered && !query.cursor && list.items?.length === 0;
  return html`<${Page} title=${t("campaigns.title")} action=${!none && create}>
    ${!none && latest.current && html`<p class="lead">${sentence(latest.current, list.items ?? [])}</p>`}
    ${!none && html`<${Filters} query=${query} campaigns=${list.items ?? []} />`}
    <${Table}
      label=${t("campaigns.title")}
      columns=${columns(changed)}
      rows=${list.items}
      next=${list.next}
      failure=${list.failure}
      reload=${list.reload}
      empty=${empty}
    />
  <//>`;
}

/** What all of them do now; those that wait are known from the list. @param {import("hidra-api").Overview} sums @param {Campaign[]} campaigns */
function sentence(sums, campaigns) {
  const held = Math.min(campaigns.filter((campaign) => campaignState(campaign) === "blocked").length, sums.running_campaigns);
  const parts = [
    ["running", sums.running_campaigns - held],
    ["held", held],
    ["paused", sums.paused_campaigns],
    ["scheduled", sums.scheduled_campaigns],
  ]
    .filter(([, count]) => count)
    .map(([state, count]) => t(`campaigns.count.${state}`, { count }));
  const all = t("campaigns.all", { count: sums.total_campaigns });
  return parts.length ? t("campaigns.sentence", { parts: parts.join(", "), all }) : t("campaigns.quiet", { all });
}

/** @param {() => void} changed @returns {import("../components/table.js").Column<Campaign>[]} */
const columns = (changed) => [
  { title: t("campaigns.name"), main: true, cell: (campaign) => html`<${Name} campaign=${campaign} />` },
  { title: t("campaigns.state"), cell: (campaign) => html`<${Status} kind="campaign" state=${campaignState(campaign)} />` },
  { title: t("campaigns.reached"), cell: (campaign) => html`<${CampaignProgress} campaign=${campaign} />` },
  { title: t("campaigns.when"), cell: (campaign) => html`<${When} campaign=${campaign} />` },
  { title: t("campaigns.actions"), does: true, cell: (campaign) => html`<${Menu} of=${campaign.name} actions=${campaignActions(campaign, changed)} />` },
];

/** The name leads to the campaign's page; before its start to the cards. @param {{campaign: Campaign}} props */
function Name({ campaign }) {
  const live = `/campaigns/${campaign.id}`;
  const edit = `${live}/edit`;
  const path = campaign.status === "draft" ? edit : exists(live) ? live : campaign.status === "scheduled" && !campaign.started_at ? edit : null;
  return html`<div class="name-cell">
    ${path ? html`<a class="name" href=${href(path)}>${campaign.name}</a>` : html`<span class="name">${campaign.name}</span>`}
    ${campaign.blocked_code && html`<p class="why"><${Icon} name="info" size=${16} /><span>${blockedText(campaign)}</span></p>`}
    ${campaign.labels.length > 0 &&
    html`<ul class="tags">
      ${campaign.labels.map((label) => html`<li key=${label}><a class="tag" href=${href("/campaigns", { label })}>${label}</a></li>`)}
    </ul>`}
  </div>`;
}

/** @param {{campaign: Campaign}} props */
function When({ campaign }) {
  const { status, scheduled_at, started_at, completed_at, created_at } = campaign;
  const [name, at] =
    status === "scheduled" && scheduled_at
      ? ["starts", scheduled_at]
      : completed_at
        ? ["ended", completed_at]
        : started_at
          ? ["started", started_at]
          : ["created", created_at];
  return html`<span class="quiet">${t(`campaigns.moment.${name}`)} <${Time} at=${at} /></span>`;
}

/** Kept in the address; a change leads to the first page. @param {{query: Record<string, string>, campaigns: Campaign[]}} props */
function Filters({ query, campaigns }) {
  const [text, setText] = useState(query.search ?? "");
  const timer = useRef(0);
  const typed = useRef(query.search ?? "");
  useEffect(() => {
    if ((query.search ?? "") !== typed.current) setText((typed.current = query.search ?? ""));
  }, [query.search]);
  /** @param {string} search */
  const type = (search) => {
    setText(search);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      typed.current = search.trim();
      setQuery({ search: search.trim(), cursor: null });
    }, TYPING);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  const labels = [...new Set([...(query.label ? [query.label] : []), ...campaigns.flatMap((campaign) => campaign.labels)])].sort();
  /** @param {string} name @param {string} first @param {[string, string][]} options */
  const select = (name, first, options) => (/** @type {Record<string, any>} */ given) =>
    html`<select
      ...${given}
      value=${query[name] ?? ""}
      onChange=${(/** @type {any} */ event) => setQuery({ [name]: event.target.value, cursor: null })}
    >
      <option value="">${first}</option>
      ${options.map(([value, shown]) => html`<option key=${value} value=${value} selected=${value === query[name]}>${shown}</option>`)}
    </select>`;
  return html`<form class="filters" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <${Field} label=${t("campaigns.search")}>
      ${(/** @type {Record<string, any>} */ given) =>
        html`<input ...${given} type="search" value=${text} onInput=${(/** @type {any} */ event) => type(event.target.value)} />`}
    <//>
    <${Field} label=${t("campaigns.state")}>
      ${select("status", t("campaigns.any_state"), STATES.map((state) => [state, t(`status.campaign.${state}`)]))}
    <//>
    ${labels.length > 0 &&
    html`<${Field} label=${t("campaigns.label")}>
      ${select("label", t("campaigns.any_label"), labels.map((label) => [label, label]))}
    <//>`}
  </form>`;
}
