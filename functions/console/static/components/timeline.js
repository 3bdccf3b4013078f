/** When messages were delivered or failed: in words, as a chart, and as a table of the same numbers. */
import { call } from "../api.js";
import { clock, number, when } from "../format.js";
import { html, useEffect, useMemo, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { paceOf } from "./campaign_words.js";
import { Chart, isNear } from "./chart.js";
import { Problem } from "./problem.js";
import { Skeleton } from "./skeleton.js";
import { bucketed } from "./timeline_buckets.js";

/** @typedef {import("./timeline_buckets.js").Point} Point */
/** @typedef {import("./timeline_buckets.js").Bucket} Bucket */

const PAGE = 10_000;
const LARGE = 1000; // more minutes than these are read again less often
const EVERY = 3000;
const EVERY_LARGE = 30_000;

/** All minutes of a campaign. @param {string} campaign_id */
async function load(campaign_id) {
  /** @type {Point[]} */
  const points = [];
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {import("hidra-api").TimelinePointPage} */
    const page = await call("list_timeline", { campaign_id, limit: PAGE, cursor });
    points.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return points;
}

/** @param {{campaign: import("hidra-api").Campaign, live: boolean}} props */
export function Timeline({ campaign, live }) {
  const [every, setEvery] = useState(EVERY);
  const { data: points, failure, reload } = usePolling(() => load(campaign.id), { moves: () => live, every, key: campaign.id });
  const [table, setTable] = useState(false);
  const [pointed, setPointed] = useState(/** @type {Bucket | null} */ (null));
  useEffect(() => {
    setEvery((points?.length ?? 0) > LARGE ? EVERY_LARGE : EVERY);
  }, [points]);
  // The last numbers come with the end of the movement, and the first ones with its begin.
  const before = useRef(live);
  useEffect(() => {
    if (before.current !== live) reload();
    before.current = live;
  }, [live]);
  const running = campaign.status === "running";
  const { size, bars } = useMemo(() => bucketed(points ?? [], running ? new Date() : undefined), [points, running]);
  if (failure && !points) return html`<${Problem} failure=${failure} retry=${reload} />`;
  if (!points) return html`<${Skeleton} lines=${3} tall />`;
  if (!points.length) return null;
  const limit = paceOf(campaign) * size;
  const words = described(bars, size);
  return html`<section class="timeline">
    <div class="section-head">
      <h2>${t("campaign.timeline.title")}</h2>
      <button class="plain" aria-expanded=${table} onClick=${() => setTable(!table)}>
        ${t(table ? "campaign.timeline.chart" : "campaign.timeline.table")}
      </button>
    </div>
    <p class="numbers">${words}</p>
    ${table
      ? html`<${Numbers} bars=${bars} size=${size} />`
      : html`
          <${Chart} bars=${bars} size=${size} limit=${limit} label=${words} onPoint=${setPointed} />
          <p class="readout quiet numbers">${pointed ? read(pointed, size) : legend(bars, limit, size)}</p>
        `}
  </section>`;
}

/** @param {Bucket[]} bars @param {number} limit @param {number} size */
function legend(bars, limit, size) {
  const drawn = t(size === 1 ? "campaign.timeline.limit" : "campaign.timeline.limit_of_bar", { limit, minutes: size });
  return html`<span><span class="dot green" />${t("campaign.timeline.delivered")}</span>
    <span><span class="dot red" />${t("campaign.timeline.failed")}</span>
    <span>${isNear(bars, limit) && html`<span class="dash" />`}${drawn}</span>`;
}

/** @param {Bucket} bar @param {number} size */
const read = (bar, size) =>
  t("campaign.timeline.read", { time: span(bar, size), delivered: bar.delivered, failed: bar.failed });

/** @param {Bucket} bar @param {number} size minutes */
function span(bar, size) {
  const begin = new Date(bar.at * 1000);
  if (size === 1) return when(begin);
  if (size >= 1440) return when(begin);
  return t("campaign.timeline.span", { begin: when(begin), end: clock(new Date((bar.at + size * 60) * 1000)) });
}

/** The chart in words: from when to when, and its highest bar. @param {Bucket[]} bars @param {number} size */
export function described(bars, size) {
  const sum = (/** @type {"delivered" | "failed"} */ name) => bars.reduce((total, bar) => total + bar[name], 0);
  const highest = bars.reduce((best, bar) => (bar.delivered > best.delivered ? bar : best), bars[0]);
  return t(highest.delivered ? "campaign.timeline.words" : "campaign.timeline.words_none", {
    delivered: sum("delivered"),
    failed: sum("failed"),
    begin: when(new Date(bars[0].at * 1000)),
    highest: highest.delivered,
    time: span(highest, size),
  });
}

/** @param {{bars: Bucket[], size: number}} props */
function Numbers({ bars, size }) {
  const shown = bars.filter((bar) => bar.delivered || bar.failed);
  return html`<div class="table tall" role="region" aria-label=${t("campaign.timeline.title")} tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">${t("campaign.timeline.when")}</th>
          <th scope="col" class="number">${t("campaign.timeline.delivered")}</th>
          <th scope="col" class="number">${t("campaign.timeline.failed")}</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(
          (bar) => html`<tr key=${bar.at}>
            <td class="main">${span(bar, size)}</td>
            <td class="number" data-title=${t("campaign.timeline.delivered")}>${number(bar.delivered)}</td>
            <td class="number" data-title=${t("campaign.timeline.failed")}>${number(bar.failed)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
