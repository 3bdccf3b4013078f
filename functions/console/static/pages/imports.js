/** The imports of contacts, the newest first. */
import { call } from "../api.js";
import { Empty } from "../components/empty.js";
import { importName } from "../components/import_words.js";
import { Icon } from "../components/icon.js";
import { Page } from "../components/page.js";
import { Status } from "../components/status.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { number } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { useList } from "../polling.js";
import { href } from "../router.js";

/** @typedef {import("hidra-api").Import} Import */

/** @param {{items: Import[]}} page */
const moves = ({ items }) => items.some((it) => it.status === "running" || it.status === "waiting");

/** @param {{query: Record<string, string>}} props */
export default function Imports({ query }) {
  const list = useList((page) => call("list_imports", { ...page, limit: 50 }), { query, moves });
  const action = html`<a class="button primary" href=${href("/imports/new")}><${Icon} name="plus" size=${16} />${t("imports.new.action")}</a>`;
  /** @type {import("../components/table.js").Column<Import>[]} */
  const columns = [
    { title: t("imports.name"), main: true, cell: (it) => html`<a href=${href(`/imports/${it.id}`)}>${importName(it)}</a>` },
    { title: t("imports.state"), cell: (it) => html`<${Status} kind="job" state=${it.status} />` },
    { title: t("imports.read"), number: true, cell: (it) => number(it.rows_read) },
    { title: t("imports.created"), number: true, cell: (it) => number(it.created) },
    { title: t("imports.updated"), number: true, cell: (it) => number(it.updated) },
    { title: t("imports.rejected"), number: true, cell: (it) => number(it.rejected) },
    { title: t("imports.when"), cell: (it) => html`<${Time} at=${it.created_at} />` },
  ];
  const none = list.first && list.items?.length === 0;
  return html`<${Page} title=${t("imports.title")} action=${!none && action}>
    <${Table}
      label=${t("imports.title")}
      columns=${columns}
      rows=${list.items}
      next=${list.next}
      failure=${list.failure}
      reload=${list.reload}
      empty=${html`<${Empty} icon="import" title=${t("imports.empty.title")} action=${action}>${t("imports.empty.text")}<//>`}
    />
  <//>`;
}
