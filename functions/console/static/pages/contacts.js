/** Contacts: found by name or phone, added one by one, exported. */
import { call } from "../api.js";
import { ContactAdd } from "../components/contact_add.js";
import { Empty } from "../components/empty.js";
import { useExport } from "../components/export.js";
import { Menu } from "../components/menu.js";
import { Page } from "../components/page.js";
import { valueText } from "../components/person_facts.js";
import { SearchBox } from "../components/search_box.js";
import { Table } from "../components/table.js";
import { ContactTabs } from "../components/tabs.js";
import { Time } from "../components/time.js";
import { phoneText } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { useList } from "../polling.js";
import { follow, href, setQuery } from "../router.js";

/** @typedef {import("hidra-api").Contact} Contact */

const SHOWN = 2; // attributes in a row; the person's page has all

/** @param {{query: Record<string, string>}} props */
export default function Contacts({ query }) {
  const { search } = query;
  const list = useList((page) => call("list_contacts", { search, ...page, limit: 50 }), { query });
  const [adding, setAdding] = useState(false);
  const file = useExport("contacts");
  const columns = [
    {
      title: t("contacts.name"),
      main: true,
      cell: (/** @type {Contact} */ it) => html`<a class="name" href=${href(`/contacts/${it.id}`)}>${it.name ?? t("contacts.nameless")}</a>`,
    },
    { title: t("contacts.phone"), cell: (/** @type {Contact} */ it) => html`<span class="numbers">${phoneText(it.phone)}</span>` },
    { title: t("contacts.attributes"), cell: (/** @type {Contact} */ it) => html`<span class="quiet">${some(it.attributes)}</span>` },
    { title: t("contacts.since"), cell: (/** @type {Contact} */ it) => html`<${Time} at=${it.created_at} />` },
  ];
  const importing = exists("/imports/new");
  const empty = search
    ? html`<${Empty} icon="search" title=${t("contacts.not_found", { search })}>${t("contacts.not_found_text")}<//>`
    : html`<${Empty}
        icon="people"
        title=${t("contacts.empty")}
        action=${importing && html`<a class="button primary" href=${href("/imports/new")}>${t("contacts.import")}</a>`}
      >${t("contacts.empty_text")}<//>`;
  const actions = [
    ...(importing ? [{ text: t("contacts.import"), act: () => follow("/imports/new") }] : []),
    { text: t("contacts.export"), act: file.start },
  ];
  return html`<${Page}
    title=${t("contacts.title")}
    action=${html`<button class=${list.first && list.items?.length === 0 && !search ? "" : "primary"} onClick=${() => setAdding(true)}>${t("contacts.add.action")}</button>`}
    more=${html`<${Menu} actions=${actions} />`}
  >
    <div class="section-head">
      <${ContactTabs} />
      <${SearchBox} label=${t("contacts.search")} value=${search ?? ""} onSearch=${(/** @type {string} */ text) => setQuery({ search: text || null, cursor: null })} />
    </div>
    ${adding && html`<${ContactAdd} onCancel=${() => setAdding(false)} />`} ${file.panel}
    <${Table}
      label=${t("contacts.title")}
      columns=${columns}
      rows=${list.items}
      next=${list.next}
      failure=${list.failure}
      reload=${list.reload}
      empty=${empty}
    />
  <//>`;
}

/** The first few attributes of a contact. @param {Contact["attributes"]} attributes */
function some(attributes) {
  const entries = Object.entries(attributes);
  const shown = entries.slice(0, SHOWN).map(([name, value]) => `${name}: ${valueText(value)}`).join(" · ");
  return entries.length > SHOWN ? t("contacts.and_more", { shown, count: entries.length - SHOWN }) : shown;
}
