/** One segment: its contacts, and the ways to add and to remove some. */
import { call } from "../api.js";
import { confirm } from "../components/dialog.js";
import { Empty } from "../components/empty.js";
import { FilterBuilder } from "../components/filter_builder.js";
import { Icon } from "../components/icon.js";
import { Menu } from "../components/menu.js";
import { Missing, isMissing } from "../components/missing.js";
import { Page } from "../components/page.js";
import { problemText } from "../components/problem.js";
import { Reading } from "../components/reading.js";
import { SegmentForm } from "../components/segment_form.js";
import { SegmentOthers } from "../components/segment_others.js";
import { SegmentSearch } from "../components/segment_search.js";
import { Table } from "../components/table.js";
import { nameOf, phoneText } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { useList, usePolling } from "../polling.js";
import { follow, href, navigate, setQuery } from "../router.js";
import { toast } from "../state.js";

/** @typedef {import("hidra-api").Segment} Segment */
/** @typedef {import("hidra-api").Contact} Contact */

const WAYS = ["search", "filter", "merge", "subtract"];

/** @param {{params: Record<string, string>, query: Record<string, string>}} props `do`: what the person does with it */
export default function OneSegment({ params, query }) {
  const { id } = params;
  const { data, failure, reload, replace } = usePolling(() => call("get_segment", { segment_id: id }), { key: id });
  const list = useList((page) => call("list_members", { segment_id: id, ...page, limit: 50 }), {
    query: { id, ...(query.cursor ? { cursor: query.cursor } : {}) },
  });
  const back = { href: href("/segments"), text: t("segments.title") };
  if (isMissing(failure)) return html`<${Missing} back=${back} />`;
  if (!data) return html`<${Page} title=${t("segments.single")} back=${back}><${Reading} failure=${failure} reload=${reload} lines=${8} /><//>`;
  const close = () => setQuery({ do: null });
  const changed = async () => {
    await Promise.all([reload(), list.reload()]);
  };
  const more = html`<${Menu}
    actions=${[
      ...WAYS.slice(data.total_contacts ? 0 : 1).map((way) => ({ text: t(`segments.way.${way}`), act: () => setQuery({ do: way }) })),
      { text: t("segments.import"), act: () => follow("/imports/new", { segment: id }) },
      { text: t("segments.rename"), act: () => setQuery({ do: "rename" }) },
      { text: t("segments.delete.action"), act: () => remove(data), danger: true },
    ]}
  />`;
  // People first; with people, the campaign to them.
  const action = data.total_contacts
    ? html`<a class="button primary" href=${href("/campaigns/new", { segment: id })}>${t("segments.use")}</a>`
    : html`<button class="primary" onClick=${() => setQuery({ do: "search" })}><${Icon} name="plus" size=${16} />${t("segments.way.search")}</button>`;
  /** @type {import("../components/table.js").Column<Contact>[]} */
  const columns = [
    { title: t("segments.person"), main: true, cell: (it) => person(it) },
    { title: t("segments.phone"), cell: (it) => html`<span class="numbers">${phoneText(it.phone)}</span>` },
    { title: t("segments.actions"), does: true, cell: (it) => html`<button class="plain" onClick=${() => drop(data, it, changed)}>${t("segments.drop.action")}<span class="sr"> ${nameOf(it)}</span></button>` },
  ];
  return html`<${Page} title=${data.name} back=${back} action=${!query.do && action} more=${more}>
    <section>
      <p class="lead">${t("segments.sentence", { count: data.total_contacts })}</p>
      ${data.description && html`<p class="quiet">${data.description}</p>`}
    </section>
    ${query.do === "rename" && html`<${SegmentForm} segment=${data} onSaved=${(/** @type {Segment} */ saved) => (replace(saved), close())} onCancel=${close} />`}
    ${query.do === "search" && html`<${SegmentSearch} segment=${data} onChange=${changed} onClose=${close} />`}
    ${query.do === "filter" && html`<${FilterBuilder} segment=${data} onChange=${changed} onClose=${close} />`}
    ${(query.do === "merge" || query.do === "subtract") && html`<${SegmentOthers} key=${query.do} way=${query.do} segment=${data} onChange=${changed} onClose=${close} />`}
    <${Table}
      label=${t("segments.people")}
      columns=${columns}
      rows=${list.items}
      next=${list.next}
      failure=${list.failure}
      reload=${list.reload}
      empty=${!query.do && html`<${Empty} icon="people" title=${t("segments.no_people.title")}>${t("segments.no_people.text")}<//>`}
    />
  <//>`;
}

/** @param {Contact} it */
function person(it) {
  const name = it.name ?? t("segments.nameless");
  return exists(`/contacts/${it.id}`) ? html`<a href=${href(`/contacts/${it.id}`)}>${name}</a>` : name;
}

/** @param {Segment} segment @param {Contact} contact @param {() => Promise<void>} changed */
async function drop(segment, contact, changed) {
  try {
    await call("remove_member", { segment_id: segment.id, contact_id: contact.id });
    await changed();
    toast(t("segments.drop.done", { name: nameOf(contact) }), async () => {
      await call("add_members", { segment_id: segment.id }, { contact_ids: [contact.id] });
      await changed();
    });
  } catch (/** @type {any} */ failure) {
    toast(problemText(failure));
  }
}

/** @param {Segment} segment */
async function remove(segment) {
  const sure = await confirm({
    title: t("segments.delete.title", { name: segment.name }),
    body: html`<p>${t("segments.delete.text")}</p>`,
    action: t("segments.delete.confirm", { name: segment.name }),
    danger: true,
  });
  if (!sure) return;
  try {
    await call("delete_segment", { segment_id: segment.id });
    toast(t("segments.delete.done", { name: segment.name }));
    navigate("/segments");
  } catch (/** @type {any} */ failure) {
    const campaigns = (failure.problem.campaigns ?? []).map((/** @type {any} */ it) => it.name).join(", ");
    toast([problemText(failure), campaigns].filter(Boolean).join(" "));
  }
}
