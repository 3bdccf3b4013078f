/** One person: what is known, whether they may be written to, every message, and what they may ask for. */
import { call } from "../api.js";
import { Empty } from "../components/empty.js";
import { Menu } from "../components/menu.js";
import { Missing, isMissing } from "../components/missing.js";
import { Notice } from "../components/notice.js";
import { Page } from "../components/page.js";
import * as actions from "../components/person_actions.js";
import { PersonFacts } from "../components/person_facts.js";
import { PersonForm } from "../components/person_form.js";
import { PersonMessages } from "../components/person_messages.js";
import { Problem } from "../components/problem.js";
import { Skeleton } from "../components/skeleton.js";
import { Time } from "../components/time.js";
import { nameOf } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { href, navigate } from "../router.js";

/** @param {string} contact_id @param {string | undefined} cursor of the messages */
async function load(contact_id, cursor) {
  const contact = await call("get_contact", { contact_id });
  const person = await call("export", { limit: 50, cursor }, { phone: contact.phone });
  return { contact, person };
}

/** @param {{params: Record<string, string>, query: Record<string, string>}} props */
export default function Person({ params, query }) {
  const { data, failure, reload } = usePolling(() => load(params.id, query.cursor), { key: `${params.id} ${query.cursor ?? ""}` });
  const [editing, setEditing] = useState(false);
  const [erased, setErased] = useState(/** @type {import("hidra-api").Erased | null} */ (null));
  const back = { href: href("/contacts"), text: t("contacts.title") };
  if (erased) return html`<${Erased} erased=${erased} back=${back} />`;
  if (isMissing(failure)) return html`<${Missing} back=${back} />`;
  if (!data) {
    return html`<${Page} title=${t("person.title")} back=${back}>
      ${failure ? html`<${Problem} failure=${failure} retry=${reload} />` : html`<${Skeleton} lines=${4} tall />`}
    <//>`;
  }
  const { contact, person } = data;
  const out = person.opt_out;
  const menu = [
    out
      ? { text: t("person.action.opt_in"), act: () => actions.askOptIn(contact, out.source, reload) }
      : { text: t("person.action.opt_out"), act: () => actions.optOut(contact, reload) },
    { text: t("person.action.export"), act: () => actions.exportData(contact) },
    { text: t("person.action.delete"), act: () => actions.removeContact(contact, () => navigate("/contacts")), danger: true },
    { text: t("person.action.erase"), act: () => actions.erase(contact, setErased), danger: true },
  ];
  return html`<${Page}
    title=${nameOf(contact)}
    back=${back}
    action=${!editing && html`<button class="primary" onClick=${() => setEditing(true)}>${t("person.action.edit")}</button>`}
    more=${html`<${Menu} actions=${menu} />`}
  >
    <p class="lead">${sentence(person)}</p>
    ${out &&
    html`<${Notice} tone="slate" icon="stop">
      <p>${t(`opt_outs.source.${out.source}`)}, <${Time} at=${out.at} />.${out.reason && ` ${out.reason}`}</p>
    <//>`}
    ${editing
      ? html`<${PersonForm} key=${contact.updated_at} contact=${contact} onSaved=${() => (setEditing(false), reload())} onCancel=${() => setEditing(false)} />`
      : html`<${PersonFacts} contact=${contact} person=${person} />`}
    <${PersonMessages} person=${person} phone=${contact.phone} first=${!query.cursor} />
  <//>`;
}

/** Whether campaigns write to the person, in a sentence. @param {import("hidra-api").Person} person */
function sentence({ opt_out, contact }) {
  if (opt_out) return t("person.sentence.opted_out");
  if (contact?.not_on_whatsapp_at) return t("person.sentence.not_on_whatsapp");
  return t(contact?.consent ? "person.sentence.with_consent" : "person.sentence.without_consent");
}

/** What has gone and what stays. @param {{erased: import("hidra-api").Erased, back: {href: string, text: string}}} props */
function Erased({ erased, back }) {
  return html`<${Page} title=${t("person.erased.title")} back=${back}>
    <${Empty} icon="check" title=${t("person.erased.done")} action=${html`<a class="button primary" href=${back.href}>${back.text}</a>`}>
      ${t("person.erased.messages", { count: erased.messages })}
      ${erased.skipped_messages > 0 && ` ${t("person.erased.skipped", { count: erased.skipped_messages })}`} ${t("person.erased.stays")}
    <//>
  <//>`;
}
