/** The templates of messages, the newest first. */
import { call } from "../api.js";
import { Empty } from "../components/empty.js";
import { Icon } from "../components/icon.js";
import { Page } from "../components/page.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { html } from "../html.js";
import { codeText, has, t } from "../i18n.js";
import { useList } from "../polling.js";
import { href } from "../router.js";

/** @typedef {import("hidra-api").Template} Template */

const SHOWN = 140; // characters of the text

/** @param {{query: Record<string, string>}} props */
export default function Templates({ query }) {
  const list = useList((page) => call("list_templates", { ...page, limit: 50 }), { query });
  const action = html`<a class="button primary" href=${href("/templates/new")}><${Icon} name="plus" size=${16} />${t("templates.new")}</a>`;
  /** @type {import("../components/table.js").Column<Template>[]} */
  const columns = [
    { title: t("templates.name"), main: true, cell: (it) => html`<a href=${href(`/templates/${it.id}`)}>${it.title}</a>` },
    { title: t("templates.text"), long: true, cell: (it) => html`<${Excerpt} it=${it} />` },
    { title: t("templates.media"), cell: (it) => (it.media_type ? t(`bubble.${it.media_type}`) : "–") },
    { title: t("templates.created"), cell: (it) => html`<${Time} at=${it.created_at} />` },
  ];
  const none = list.first && list.items?.length === 0;
  return html`<${Page} title=${t("templates.title")} action=${!none && action}>
    <${Table}
      label=${t("templates.title")}
      columns=${columns}
      rows=${list.items}
      next=${list.next}
      failure=${list.failure}
      reload=${list.reload}
      empty=${html`<${Empty} icon="template" title=${t("templates.empty.title")} action=${action}>${t("templates.empty.text")}<//>`}
    />
  <//>`;
}

/** @param {{it: Template}} props */
function Excerpt({ it }) {
  const text = it.body.length > SHOWN ? `${it.body.slice(0, SHOWN)}…` : it.body;
  return html`<div><span class="excerpt">${text}</span>${it.warnings.map(({ code }) => html`<${Warned} key=${code} code=${code} />`)}</div>`;
}

/** A warning in a word or two; in its sentence, if it has no shorter text. @param {{code: string}} props */
function Warned({ code }) {
  const short = `templates.warned.${code}`;
  const sentence = codeText("template", code);
  return html`<span class="status amber"><${Icon} name="alert" size=${16} />${has(short) ? html`${t(short)}<span class="sr">: ${sentence}</span>` : sentence}</span>`;
}
