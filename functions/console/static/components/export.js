/** An export: asked for, watched, and taken as a file. One that was asked for before a reload is found again. */
import { call } from "../api.js";
import { number, when } from "../format.js";
import { html, useEffect, useState } from "../html.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { toast } from "../state.js";
import { Icon } from "./icon.js";
import { Notice } from "./notice.js";
import { problemText } from "./problem.js";

/** @typedef {import("hidra-api").Export} Export */
/** @typedef {import("hidra-api").ExportKind} Kind */

const OPEN = ["waiting", "running"];
const EVERY = 1500;
const RECENT = 3_600_000; // an export that ended before is no news

/** @param {Export} it */
const isNews = (it) =>
  OPEN.includes(it.status) || (it.status === "completed" && Date.now() - Date.parse(it.ended_at ?? it.created_at) < RECENT);

/**
 * @param {Kind} kind
 * @param {string | null} [campaign_id] whose recipients
 * @returns {{start: () => Promise<void>, panel: any}} `panel` shows the export, once there is one
 */
export function useExport(kind, campaign_id = null) {
  const [id, setId] = useState(/** @type {string | null} */ (null));
  const [closed, setClosed] = useState(/** @type {string | null} */ (null));
  const { data, reload, replace } = usePolling(async () => (id ? call("get_export", { export_id: id }) : latest(kind, campaign_id)), {
    moves: (it) => it !== null && OPEN.includes(it.status),
    every: EVERY,
    key: `${kind} ${campaign_id} ${id}`,
  });

  const start = async () => {
    try {
      const made = await call("create_export", {}, { kind, ...(campaign_id && { campaign_id }) });
      setId(made.id);
    } catch (/** @type {any} */ failure) {
      toast(problemText(failure));
      if (failure.code === "export-running") reload();
    }
  };
  const cancel = async () => {
    if (!data) return;
    try {
      replace(await call("cancel_export", { export_id: data.id }));
    } catch (/** @type {any} */ failure) {
      toast(problemText(failure));
    }
    reload();
  };
  const shown = data && data.id !== closed ? data : null;
  return { start, panel: shown && html`<div class="export"><${Panel} it=${shown} cancel=${cancel} close=${() => setClosed(shown.id)} /></div>` };
}

/** The newest export of this list that is open or has just ended. @param {Kind} kind @param {string | null} campaign_id */
async function latest(kind, campaign_id) {
  const { items } = await call("list_exports", { limit: 20 });
  return items.find((it) => it.kind === kind && it.campaign_id === campaign_id && isNews(it)) ?? null;
}

/** @param {{it: Export, cancel: () => void, close: () => void}} props */
function Panel({ it, cancel, close }) {
  if (OPEN.includes(it.status)) {
    const action = html`<button onClick=${cancel}>${t("export.cancel")}</button>`;
    return html`<${Notice} tone="slate" icon="export" action=${action}>
      <p class="numbers" role="status">
        ${it.rows_expected === null || !it.rows ? t("export.waiting") : t("export.running", { rows: it.rows, count: it.rows_expected })}
      </p>
      ${it.rows_expected !== null && html`<progress class="meter" max=${it.rows_expected || 1} value=${it.rows} aria-label=${t("export.progress")} />`}
    <//>`;
  }
  const ready = it.status === "completed";
  const action = html`<span class="buttons">
    ${ready && html`<button onClick=${() => download(it.id)}><${Icon} name="export" size=${16} />${t("export.download")}</button>`}
    <button class="plain" aria-label=${t("common.close")} onClick=${close}><${Icon} name="close" size=${16} /></button>
  </span>`;
  return html`<${Notice} tone=${ready ? "green" : "red"} icon=${ready ? "check" : "alert"} action=${action}>
    <p class="numbers" role="status">
      ${ready ? t("export.completed", { count: it.rows, size: bytes(it.bytes), time: when(it.expires_at) }) : t(`export.${it.status}`)}
    </p>
    ${it.failure_reason && html`<p class="quiet" lang="en">${it.failure_reason}</p>`}
  <//>`;
}

/** @param {string} export_id */
async function download(export_id) {
  try {
    const { url } = await call("get_export_file", { export_id });
    location.assign(url); // an attachment: this page stays
  } catch (/** @type {any} */ failure) {
    toast(problemText(failure));
  }
}

/** @param {number} count */
function bytes(count) {
  const units = ["kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(units.length, Math.max(1, Math.floor(Math.log10(Math.max(1, count)) / 3)));
  return number(count / 1000 ** power, { style: "unit", unit: units[power - 1], maximumFractionDigits: 1 });
}
