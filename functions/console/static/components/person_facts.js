/** What is known of a person: phone, attributes, consent. */
import { number, phoneText } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { href } from "../router.js";
import { Time } from "./time.js";

/** An attribute's value as people write it. @param {string | number | boolean} value */
export function valueText(value) {
  if (typeof value === "boolean") return t(value ? "person.yes" : "person.no");
  return typeof value === "number" ? number(value, { maximumFractionDigits: 20 }) : value;
}

/** @param {{contact: import("hidra-api").Contact, person: import("hidra-api").Person}} props */
export function PersonFacts({ contact, person }) {
  const { consent } = contact;
  const attributes = Object.entries(contact.attributes);
  return html`<section>
    <h2>${t("person.facts")}</h2>
    <dl class="facts">
      <div><dt>${t("contacts.phone")}</dt><dd class="numbers">${phoneText(contact.phone)}</dd></div>
      ${attributes.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${valueText(value)}</dd></div>`)}
      <div>
        <dt>${t("person.consent.title")}</dt>
        <dd>
          ${consent
            ? html`${t(`person.consent.${consent.basis}`)}${consent.source && ` · ${consent.source}`}${consent.at && html` · <${Time} at=${consent.at} />`}`
            : t("person.consent.none")}
        </dd>
      </div>
      ${person.segments.length > 0 && html`<div><dt>${t("person.segments")}</dt><dd>${person.segments.map(Segment)}</dd></div>`}
      ${contact.not_on_whatsapp_at && html`<div><dt>${t("person.not_on_whatsapp")}</dt><dd><${Time} at=${contact.not_on_whatsapp_at} /></dd></div>`}
      <div><dt>${t("person.created_at")}</dt><dd><${Time} at=${contact.created_at} /></dd></div>
    </dl>
  </section>`;
}

/** @param {{id: string, name: string}} segment @param {number} place */
function Segment({ id, name }, place) {
  const path = `/segments/${id}`;
  return html`${place > 0 && ", "}${exists(path) ? html`<a key=${id} href=${href(path)}>${name}</a>` : name}`;
}
