/** Contacts by name or phone, to be added to a segment one by one or as they are found. */
import { call } from "../api.js";
import { nameOf, phoneText } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { toast } from "../state.js";
import { useFirstField } from "./first_field.js";
import { Problem, problemText } from "./problem.js";
import { SearchBox } from "./search_box.js";

/** @typedef {import("hidra-api").Contact} Contact */

const FOUND = 20;

/** @param {{segment: import("hidra-api").Segment, onChange: () => Promise<void>, onClose: () => void}} props */
export function SegmentSearch({ segment, onChange, onClose }) {
  const form = useFirstField();
  const [search, setSearch] = useState("");
  const [added, setAdded] = useState(/** @type {string[]} */ ([]));
  const { data, failure } = usePolling(() => call("list_contacts", { search, limit: FOUND }), { key: search });
  const items = data?.items ?? [];
  /** @param {Contact[]} contacts */
  const add = async (contacts) => {
    try {
      const done = await call("add_members", { segment_id: segment.id }, { contact_ids: contacts.map((it) => it.id) });
      setAdded([...added, ...contacts.map((it) => it.id)]);
      toast(t(done.added ? "segments.added" : "segments.search.were", { count: done.added, name: segment.name }));
      await onChange();
    } catch (/** @type {any} */ problem) {
      toast(problemText(problem));
    }
  };
  const left = items.filter((it) => !added.includes(it.id));
  return html`<section class="form wide" ref=${form}>
    <h2>${t("segments.way.search")}</h2>
    <${SearchBox} label=${t("segments.search.label")} value=${search} onSearch=${setSearch} />
    ${failure && html`<${Problem} failure=${failure} quiet />`}
    ${data && !items.length && html`<p class="quiet">${t(search ? "segments.search.nothing" : "segments.search.no_contacts")}</p>`}
    ${items.length > 0 &&
    html`<ul class="rows">
      ${items.map(
        (it) => html`<li class="row line" key=${it.id}>
          <span class="name">${it.name ?? t("segments.nameless")}</span><span class="numbers quiet">${phoneText(it.phone)}</span>
          <button disabled=${added.includes(it.id)} onClick=${() => add([it])}>${t(added.includes(it.id) ? "segments.search.added" : "segments.search.add")}<span class="sr"> ${nameOf(it)}</span></button>
        </li>`,
      )}
    </ul>`}
    <div class="buttons">
      <button onClick=${onClose}>${t("common.close")}</button>
      ${search && left.length > 1 && html`<button onClick=${() => add(left)}>${t("segments.search.all", { count: left.length })}</button>`}
    </div>
  </section>`;
}
