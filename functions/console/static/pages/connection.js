/** The person's number: how to connect it, the code to scan, and how it is. */
import { call } from "../api.js";
import { connectionErrorText } from "../components/blocked.js";
import { Form } from "../components/connection_form.js";
import { Limits } from "../components/connection_limits.js";
import { LimitsForm } from "../components/connection_limits_form.js";
import { confirm } from "../components/dialog.js";
import { Icon } from "../components/icon.js";
import { Menu } from "../components/menu.js";
import { Notice } from "../components/notice.js";
import { Page } from "../components/page.js";
import { problemText } from "../components/problem.js";
import { QrCode } from "../components/qr_code.js";
import { Reading } from "../components/reading.js";
import { Time } from "../components/time.js";
import { html, useEffect, useState } from "../html.js";
import { codeText, t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { connection, loadConnection, toast } from "../state.js";

/** @typedef {import("hidra-api").Connection} Found */

/** @param {Found | null | undefined} found */
const moves = (found) => Boolean(found && (found.status !== "connected" || isOpen(found.status_backfill)));

/** @param {Found["status_backfill"]} backfill */
const isOpen = (backfill) => Boolean(backfill && !backfill.completed_at);

export default function Connection() {
  const { failure, reload } = usePolling(loadConnection, { moves });
  const [editing, setEditing] = useState(/** @type {"connection" | "limits" | null} */ (null));
  const [checking, setChecking] = useState(false);
  const found = connection.value;
  useEffect(() => window.scrollTo(0, 0), [editing]);

  const check = async () => {
    setChecking(true);
    try {
      connection.value = await call("check_connection");
      toast(t(`connection.checked.${connection.value.status}`));
      await reload();
    } catch (/** @type {any} */ problem) {
      toast(problemText(problem));
    }
    setChecking(false);
  };

  if (found === undefined) {
    return html`<${Page} title=${t("connection.title")}>
      <${Reading} failure=${failure} reload=${reload} lines=${3} tall />
    <//>`;
  }
  if (found === null || editing) {
    /** @param {Found} saved */
    const done = (saved) => {
      connection.value = saved;
      if (editing === "limits") toast(t("connection.limits.saved"));
      setEditing(null);
      reload();
    };
    return html`<${Page} title=${t("connection.title")}>
      ${found === null && html`<${Needs} />`}
      ${found && editing === "limits"
        ? html`<${LimitsForm} connection=${found} onSaved=${done} onCancel=${() => setEditing(null)} />`
        : html`<${Form} connection=${found} onSaved=${done} onCancel=${found && (() => setEditing(null))} />`}
    <//>`;
  }
  const more = html`<${Menu}
    actions=${[
      { text: t("connection.edit"), act: () => setEditing("connection") },
      { text: t("connection.backfill.action"), act: () => backfill(reload) },
      { text: t("connection.delete.action"), act: () => remove(found), danger: true },
    ]}
  />`;
  const action = html`<button class="primary" onClick=${check} disabled=${checking} aria-busy=${checking}>
    ${t(checking ? "connection.checking" : "connection.check")}
  </button>`;
  return html`<${Page} title=${t("connection.title")} action=${action} more=${more}>
    <${State} found=${found} />
    ${found.warnings.map(
      (warning) => html`<${Notice} key=${warning.code}><p>${codeText("connection", warning.code)}</p><//>`,
    )}
    ${found.status !== "connected" && found.integration !== "cloud_api" && found.status !== "error" && html`<${QrCode} reload=${reload} />`}
    <${Backfill} found=${found} />
    <${Limits} found=${found} change=${() => setEditing("limits")} />
    <${Facts} found=${found} />
    <${Advice} />
  <//>`;
}

function Needs() {
  return html`<section>
    <h2 class="lead">${t("connection.needs.lead")}</h2>
    <ol class="steps">
      ${["server", "key", "phone"].map(
        (name, index) => html`<li key=${name}>
          <span class="step">${index + 1}</span>
          <div><h3>${t(`connection.needs.${name}.title`)}</h3><p>${t(`connection.needs.${name}.text`)}</p></div>
        </li>`,
      )}
    </ol>
  </section>`;
}

/** How the number is, in a sentence. @param {{found: Found}} props */
function State({ found }) {
  const [before, setBefore] = useState(found.status);
  useEffect(() => {
    if (found.status === "connected" && before !== "connected") toast(t("connection.linked"));
    setBefore(found.status);
  }, [found.status]);
  const tone = { connected: "green", connecting: "amber", disconnected: "red", error: "red" }[found.status];
  return html`<section class="state ${tone}">
    <${Icon} name=${found.status === "connected" ? "check" : found.status === "connecting" ? "clock" : "alert"} size=${24} />
    <div>
      <p class="lead" role="status">${t(`connection.state.${found.status}`, { name: found.instance_name })}</p>
      ${found.status === "connected" &&
      html`<p class="quiet">${t("connection.since")} ${found.connected_at && html`<${Time} at=${found.connected_at} />`}</p>`}
      ${found.error_message &&
      html`<p>${reasonText(found)}</p>
        <p class="quiet">${t("connection.reported")} <span lang="en">${found.error_message}</span></p>`}
    </div>
  </section>`;
}

/** Why it does not work; of a connected number, why it stopped before. @param {Found} found */
function reasonText({ status, error_code }) {
  const reason = connectionErrorText(error_code);
  return status === "connected" && error_code !== "webhook-not-set" ? t("connection.stopped", { reason }) : reason;
}

/** @param {{found: Found}} props */
function Facts({ found }) {
  /** @param {string | null} at */
  const instant = (at) => (at ? html`<${Time} at=${at} />` : t("connection.never"));
  return html`<section>
    <h2>${t("connection.facts")}</h2>
    <dl class="facts">
      <div><dt>${t("connection.integration.title")}</dt><dd>${t(`connection.integration.${found.integration}`)}</dd></div>
      <div><dt>${t("connection.instance")}</dt><dd>${found.instance_name}</dd></div>
      <div><dt>${t("connection.server")}</dt><dd><code>${found.base_url}</code></dd></div>
      <div><dt>${t("connection.last_check")}</dt><dd>${instant(found.last_health_check_at)}</dd></div>
      <div><dt>${t("connection.last_webhook")}</dt><dd>${instant(found.last_webhook_at)}</dd></div>
      <div><dt>${t("connection.last_status")}</dt><dd>${instant(found.last_status_at)}</dd></div>
    </dl>
  </section>`;
}

/** @param {{found: Found}} props */
function Backfill({ found }) {
  const open = found.status_backfill;
  if (!open || !isOpen(open)) return null;
  return html`<${Notice} tone="blue" icon="info">
    <p>${t("connection.backfill.text", { checked: open.messages_checked, count: open.messages_total, updated: open.messages_updated })}</p>
  <//>`;
}

function Advice() {
  return html`<section>
    <h2>${t("connection.advice.title")}</h2>
    <ul class="advice">
      ${[1, 2, 3, 4, 5].map((line) => html`<li key=${line}>${t(`connection.advice.${line}`)}</li>`)}
    </ul>
  </section>`;
}

/** @param {() => Promise<void>} reload */
async function backfill(reload) {
  try {
    await call("backfill_statuses", {}, {});
    toast(t("connection.backfill.started"));
    await reload();
  } catch (/** @type {any} */ problem) {
    toast(problemText(problem));
  }
}

/** @param {Found} found */
async function remove(found) {
  const sure = await confirm({
    title: t("connection.delete.title", { name: found.instance_name }),
    body: html`<p>${t("connection.delete.text")}</p>`,
    action: t("connection.delete.confirm", { name: found.instance_name }),
    danger: true,
  });
  if (!sure) return;
  try {
    await call("delete_connection");
    connection.value = null;
    toast(t("connection.delete.done", { name: found.instance_name }));
  } catch (/** @type {any} */ problem) {
    toast(problemText(problem));
  }
}
