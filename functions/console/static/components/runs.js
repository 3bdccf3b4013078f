/** A campaign's runs: when each began, what became of it, and the text that was frozen at its start. */
import { call } from "../api.js";
import { duration } from "../format.js";
import { html, useEffect, useRef } from "../html.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { Bubble } from "./bubble.js";
import { Problem } from "./problem.js";
import { Time } from "./time.js";

/** @typedef {import("hidra-api").Run} Run */

const EVERY = 15_000;

/** @param {{campaign: import("hidra-api").Campaign, live: boolean}} props */
export function Runs({ campaign, live }) {
  const { data, failure, reload } = usePolling(() => call("list_runs", { campaign_id: campaign.id, limit: 50 }), {
    moves: () => live,
    every: EVERY,
    key: campaign.id,
  });
  const state = `${live} ${campaign.status}`;
  const before = useRef(state);
  useEffect(() => {
    if (before.current !== state) reload();
    before.current = state;
  }, [state]);
  if (failure && !data) return html`<${Problem} failure=${failure} retry=${reload} />`;
  if (!data?.items.length) return null;
  return html`<section>
    <h2>${t("campaign.runs.title")}</h2>
    <ul class="rows">
      ${data.items.map((run) => html`<li class="row" key=${run.id}><${One} run=${run} /></li>`)}
    </ul>
  </section>`;
}

/** @param {{run: Run}} props */
function One({ run }) {
  const { kind, total, delivered, failed, skipped, pending } = run.summary;
  const seconds = run.ended_at ? (Date.parse(run.ended_at) - Date.parse(run.started_at)) / 1000 : 0;
  // What is pending when nothing more leaves has left, and its confirmation is missing.
  const open = t(run.ended_at ? "overview.part.unconfirmed" : "overview.part.open", { count: pending });
  return html`
    <div class="row-head">
      <h3>${t(`campaign.runs.${kind}`)}</h3>
      <span class="quiet"><${Time} at=${run.started_at} />${run.ended_at && ` · ${t("campaign.runs.took", { time: duration(seconds) })}`}</span>
    </div>
    <p class="numbers">${pending ? t("campaign.runs.summary_open", { total, delivered, failed, skipped, open }) : t("campaign.runs.summary", { total, delivered, failed, skipped })}</p>
    ${(run.body || run.media_type) && html`<p class="quiet">${t("campaign.runs.text")}</p><${Bubble} text=${run.body ?? ""} media=${run} />`}
  `;
}
