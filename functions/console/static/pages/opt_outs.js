/** The phones that no campaign writes to. */
import { call } from "../api.js";
import { confirm } from "../components/dialog.js";
import { Empty } from "../components/empty.js";
import { useExport } from "../components/export.js";
import { Menu } from "../components/menu.js";
import { OptInForm } from "../components/opt_in_form.js";
import { OptOutForm } from "../components/opt_out_form.js";
import { Page } from "../components/page.js";
import { problemText } from "../components/problem.js";
import { Table } from "../components/table.js";
import { ContactTabs } from "../components/tabs.js";
import { Time } from "../components/time.js";
import { phoneText } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { useList } from "../polling.js";
import { toast } from "../state.js";

/** @typedef {import("hidra-api").OptOut} OptOut */

/** @param {{query: Record<string, string>}} props */
export default function OptOuts({ query }) {
  const list = useList((page) => call("list_opt_outs", { ...page, limit: 50 }), { query });
  const [form, setForm] = useState(/** @type {"out" | "in" | null} */ (null));
  const close = () => setForm(null);
  const done = () => {
    close();
    list.reload();
  };
  const file = useExport("opt_outs");
  const columns = [
    {
      title: t("contacts.phone"),
      main: true,
      cell: (/** @type {OptOut} */ it) => (it.phone ? html`<span class="numbers">${phoneText(it.phone)}</span>` : html`<span class="quiet">${t("opt_outs.no_phone")}</span>`),
    },
    { title: t("opt_outs.source.title"), cell: (/** @type {OptOut} */ it) => t(`opt_outs.source.${it.source}`) },
    { title: t("opt_outs.reason"), cell: (/** @type {OptOut} */ it) => it.reason && html`<span class="quiet">${it.reason}</span>` },
    { title: t("opt_outs.at"), cell: (/** @type {OptOut} */ it) => html`<${Time} at=${it.at} />` },
    {
      title: t("opt_outs.actions"),
      does: true,
      cell: (/** @type {OptOut} */ it) =>
        it.phone &&
        html`<button class="small" aria-label=${t("opt_outs.remove.label", { phone: phoneText(it.phone) })} onClick=${() => remove(it, list.reload)}>
          ${t("opt_outs.remove.short")}
        </button>`,
    },
  ];
  return html`<${Page}
    title=${t("opt_outs.title")}
    action=${html`<button class="primary" onClick=${() => setForm("out")}>${t("opt_outs.add.action")}</button>`}
    more=${html`<${Menu} actions=${[
      { text: t("opt_outs.export"), act: file.start },
      { text: t("opt_outs.by_phone.action"), act: () => setForm("in") },
    ]} />`}
  >
    <${ContactTabs} />
    <p class="lead">${t("opt_outs.lead")}${list.items?.some((it) => !it.phone) && html` <span class="quiet">${t("opt_outs.hidden")}</span>`}</p>
    ${form === "out" && html`<${OptOutForm} onDone=${done} onCancel=${close} />`}
    ${form === "in" && html`<${OptInForm} onDone=${done} onCancel=${close} />`} ${file.panel}
    <${Table}
      label=${t("opt_outs.title")}
      columns=${columns}
      rows=${list.items}
      id=${(/** @type {OptOut} */ it) => `${it.phone} ${it.at}`}
      next=${list.next}
      failure=${list.failure}
      reload=${list.reload}
      empty=${html`<${Empty} icon="check" title=${t("opt_outs.empty")}>${t("opt_outs.empty_text")}<//>`}
    />
  <//>`;
}

/** @param {OptOut} it @param {() => Promise<void>} reload */
async function remove({ phone, source }, reload) {
  if (!phone) return;
  const sure = await confirm({
    title: t("opt_outs.remove.title", { phone: phoneText(phone) }),
    body: html`<p>${t(`opt_outs.remove.${source}`)}</p>`,
    action: t("opt_outs.remove.action"),
    danger: true,
  });
  if (!sure) return;
  try {
    await call("opt_in", { phone });
    toast(t("opt_outs.remove.done", { phone: phoneText(phone) }));
  } catch (/** @type {any} */ failure) {
    toast(problemText(failure));
  }
  await reload();
}
