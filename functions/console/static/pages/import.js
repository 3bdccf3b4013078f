/** One import: its progress, its result, and what it rejected. */
import { call } from "../api.js";
import { Bar } from "../components/bar.js";
import { confirm } from "../components/dialog.js";
import { importName, importSentence, size } from "../components/import_words.js";
import { Menu } from "../components/menu.js";
import { Missing, isMissing } from "../components/missing.js";
import { Notice } from "../components/notice.js";
import { Page } from "../components/page.js";
import { problemText } from "../components/problem.js";
import { Reading } from "../components/reading.js";
import { Rejects } from "../components/rejects.js";
import { Status } from "../components/status.js";
import { Time } from "../components/time.js";
import { number } from "../format.js";
import { html, useEffect } from "../html.js";
import { codeText, t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { href } from "../router.js";
import { announce, toast } from "../state.js";

/** @typedef {import("hidra-api").Import} Import */

/** @param {Import} it */
const isOpen = (it) => it.status === "running" || it.status === "waiting";

/** @param {{params: Record<string, string>}} props */
export default function OneImport({ params }) {
  const { data, failure, reload, replace } = usePolling(() => call("get_import", { import_id: params.id }), {
    key: params.id,
    moves: isOpen,
    every: 1500,
  });
  const back = { href: href("/imports"), text: t("imports.title") };
  useEffect(() => {
    if (data) announce(importSentence(data));
  }, [data]);
  if (isMissing(failure)) return html`<${Missing} back=${back} />`;
  if (!data) return html`<${Page} title=${t("imports.single")} back=${back}><${Reading} failure=${failure} reload=${reload} tall /><//>`;
  const more = isOpen(data) && html`<${Menu} actions=${[{ text: t("imports.cancel.action"), act: () => cancel(data, replace), danger: true }]} />`;
  const action = !isOpen(data) && data.segment_id && html`<a class="button primary" href=${href(`/segments/${data.segment_id}`)}>${t("imports.see_segment")}</a>`;
  return html`<${Page} title=${importName(data)} back=${back} more=${more} action=${action}>
    <section>
      <${Status} kind="job" state=${data.status} />
      <p class="lead">${importSentence(data)}</p>
      ${data.failure_code &&
      html`<${Notice} tone="red"><p>${codeText("import", data.failure_code)}</p>
        ${data.failure_reason && html`<p class="quiet" lang="en">${data.failure_reason}</p>`}<//>`}
      ${isOpen(data) ? html`<${Progress} it=${data} />` : html`<${Result} it=${data} />`}
    </section>
    <${Rejects} it=${data} />
    ${data.warnings.length > 0 &&
    html`<section>
      <h2>${t("imports.warnings")}</h2>
      ${data.warnings.map((warning) => html`<${Notice} key=${warning.code}><p>${codeText("file", warning.code)}</p><p class="quiet" lang="en">${warning.message}</p><//>`)}
    </section>`}
    <${Facts} it=${data} />
    ${!isOpen(data) && html`<div><a class="button" href=${href("/imports/new")}>${t("imports.another")}</a></div>`}
  <//>`;
}

/** @param {{it: Import}} props */
function Progress({ it }) {
  const share = it.bytes_total ? Math.min(1, it.bytes_read / it.bytes_total) : 0;
  const text = number(share, { style: "percent", maximumFractionDigits: 0 });
  return html`<${Bar} total=${1} parts=${[{ tone: "teal", count: share, text }]} />
    <p class="quiet numbers">${it.bytes_total ? t("imports.progress", { read: size(it.bytes_read), total: size(it.bytes_total) }) : ""}
      ${it.rows_per_second ? ` · ${t("imports.rate", { count: Math.round(it.rows_per_second) })}` : ""}</p>`;
}

/** @param {{it: Import}} props */
function Result({ it }) {
  if (!it.rows_read) return null;
  const parts = /** @type {const} */ ([["green", "created"], ["blue", "updated"], ["slate", "unchanged"], ["red", "rejected"]]).map(
    ([tone, name]) => ({ tone, count: it[name], text: t(`imports.part.${name}`, { count: it[name] }) }),
  );
  return html`<${Bar} total=${it.rows_read} parts=${parts} legend />`;
}

/** @param {{it: Import}} props */
function Facts({ it }) {
  return html`<section>
    <h2>${t("imports.facts")}</h2>
    <dl class="facts">
      <div><dt>${t("imports.from")}</dt><dd>${it.format ? t(`imports.format.${it.format}`) : t("imports.from_whatsapp")}${it.bytes_total ? ` · ${size(it.bytes_total)}` : ""}</dd></div>
      <div><dt>${t("imports.when")}</dt><dd><${Time} at=${it.created_at} /></dd></div>
      ${it.ended_at && html`<div><dt>${t("imports.ended")}</dt><dd><${Time} at=${it.ended_at} /></dd></div>`}
      ${it.consent?.basis && html`<div><dt>${t("imports.consent.title")}</dt><dd>${t(`imports.basis.${it.consent.basis}`)}${it.consent.source ? ` · ${it.consent.source}` : ""}</dd></div>`}
      ${it.old_numbers && html`<div><dt>${t("imports.old_numbers")}</dt><dd>${t("imports.yes")}</dd></div>`}
    </dl>
  </section>`;
}

/** @param {Import} it @param {(it: Import) => void} replace */
async function cancel(it, replace) {
  const sure = await confirm({
    title: t("imports.cancel.title", { name: importName(it) }),
    body: html`<p>${t("imports.cancel.text")}</p>`,
    action: t("imports.cancel.action"),
    danger: true,
  });
  if (!sure) return;
  try {
    replace(await call("cancel_import", { import_id: it.id }));
  } catch (/** @type {any} */ failure) {
    toast(problemText(failure));
  }
}
