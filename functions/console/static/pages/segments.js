/** The segments: groups of contacts that campaigns are sent to. */
import { call } from "../api.js";
import { Empty } from "../components/empty.js";
import { Icon } from "../components/icon.js";
import { Page } from "../components/page.js";
import { SegmentForm } from "../components/segment_form.js";
import { Table } from "../components/table.js";
import { Time } from "../components/time.js";
import { number } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { useList } from "../polling.js";
import { href, navigate, setQuery } from "../router.js";

/** @typedef {import("hidra-api").Segment} Segment */

/** @param {{query: Record<string, string>}} props */
export default function Segments({ query }) {
  const list = useList((page) => call("list_segments", { ...page, limit: 50 }), { query: query.cursor ? { cursor: query.cursor } : {} });
  const action = html`<button class="primary" onClick=${() => setQuery({ new: "1" })}><${Icon} name="plus" size=${16} />${t("segments.new")}</button>`;
  /** @type {import("../components/table.js").Column<Segment>[]} */
  const columns = [
    { title: t("segments.name"), main: true, cell: (it) => html`<a href=${href(`/segments/${it.id}`)}>${it.name}</a>` },
    { title: t("segments.size"), number: true, cell: (it) => number(it.total_contacts) },
    { title: t("segments.description"), cell: (it) => it.description ?? "" },
    { title: t("segments.created"), cell: (it) => html`<${Time} at=${it.created_at} />` },
  ];
  const none = list.first && list.items?.length === 0;
  return html`<${Page} title=${t("segments.title")} action=${!none && !query.new && action}>
    ${query.new && html`<${SegmentForm} segment=${null} onSaved=${(/** @type {Segment} */ it) => navigate(`/segments/${it.id}`)} onCancel=${() => setQuery({ new: null })} />`}
    <${Table}
      label=${t("segments.title")}
      columns=${columns}
      rows=${list.items}
      next=${list.next}
      failure=${list.failure}
      reload=${list.reload}
      empty=${!query.new && html`<${Empty} icon="segment" title=${t("segments.empty.title")} action=${action}>${t("segments.empty.text")}<//>`}
    />
  <//>`;
}
