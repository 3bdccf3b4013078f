/** The form that changes what is known of a person; only what was changed is sent. */
import { call } from "../api.js";
import { nameOf, phoneText } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";
import { Attributes, attributesOf } from "./attributes.js";
import { Field } from "./field.js";
import { useFirstField } from "./first_field.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";

/** @typedef {import("hidra-api").Contact} Contact */
/** @typedef {import("./attributes.js").Row} Row */

const BASES = [
  "consent", "legal_obligation", "public_policy", "research", "contract", "legal_proceedings", "protection_of_life",
  "health_protection", "legitimate_interest", "credit_protection",
];

/**
 * @param {object} props
 * @param {Contact} props.contact
 * @param {() => void} props.onSaved
 * @param {() => void} props.onCancel
 */
export function PersonForm({ contact, onSaved, onCancel }) {
  const [name, setName] = useState(contact.name ?? "");
  const [phone, setPhone] = useState(phoneText(contact.phone));
  const [rows, setRows] = useState(() =>
    Object.entries(contact.attributes).map(([key, value]) => /** @type {Row} */ ({ name: key, value: String(value), kind: typeof value, kept: true })),
  );
  const [basis, setBasis] = useState(/** @type {string} */ (contact.consent?.basis ?? ""));
  const [source, setSource] = useState(contact.consent?.source ?? "");
  const [failure, setFailure] = useState(/** @type {import("../api.js").Failure | undefined} */ (undefined));
  const [saving, setSaving] = useState(false);
  const form = useFirstField(failure);
  useUnsaved(Object.keys(changes(contact, { name, phone, rows, basis, source })).length > 0, nameOf(contact));

  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    setSaving(true);
    try {
      const body = changes(contact, { name, phone, rows, basis, source });
      if (Object.keys(body).length) await call("change_contact", { contact_id: contact.id }, /** @type {any} */ (body));
      toast(t("person.form.done"));
      onSaved();
    } catch (/** @type {any} */ problem) {
      setFailure(problem);
      setSaving(false);
    }
  };
  /** @param {string} field */
  const wrong = (field) => {
    const message = failure?.of(field);
    return message && t("form.wrong", { message });
  };
  /** @param {string} value @param {(text: string) => void} set @param {Record<string, any>} attributes */
  const input = (value, set, attributes) => (/** @type {Record<string, any>} */ given) =>
    html`<input ...${given} ...${attributes} value=${value} onInput=${(/** @type {any} */ event) => set(event.target.value)} />`;
  return html`<form class="form" ref=${form} onSubmit=${save}>
    <h2>${t("person.form.title")}</h2>
    <${Problem} failure=${failure} />
    <div class="pair">
      <${Field} label=${t("contacts.name")} error=${wrong("name")}>${input(name, setName, { maxlength: 200, autocomplete: "off" })}<//>
      <${Field} label=${t("contacts.phone")} error=${wrong("phone")}>${input(phone, setPhone, { type: "tel", required: true, maxlength: 120 })}<//>
    </div>
    <${Attributes} rows=${rows} setRows=${setRows} />
    <div class="pair">
      <${Field} label=${t("person.consent.title")} hint=${t("person.form.consent_hint")}>
        ${(/** @type {any} */ given) => html`<select ...${given} value=${basis} onChange=${(/** @type {any} */ event) => setBasis(event.target.value)}>
          <option value="">${t("person.consent.none")}</option>
          ${BASES.map((it) => html`<option key=${it} value=${it} selected=${it === basis}>${t(`person.consent.${it}`)}</option>`)}
        </select>`}
      <//>
      ${basis && html`<${Field} label=${t("person.form.source")} hint=${t("person.form.source_hint")}>${input(source, setSource, { maxlength: 200 })}<//>`}
    </div>
    <div class="buttons">
      <button type="button" onClick=${onCancel}>${t("common.cancel")}</button>
      <button class="primary" disabled=${saving} aria-busy=${saving}>${t("common.save")}</button>
    </div>
  </form>`;
}

/**
 * What differs from the contact; an attribute that is gone is null.
 *
 * @param {Contact} contact
 * @param {{name: string, phone: string, rows: Row[], basis: string, source: string}} wanted
 */
function changes(contact, { name, phone, rows, basis, source }) {
  /** @type {Record<string, any>} */
  const body = {};
  if (name.trim() !== (contact.name ?? "")) body.name = name.trim() || null;
  if (phone.trim() !== phoneText(contact.phone)) body.phone = phone.trim();
  const attributes = attributesOf(rows);
  const gone = Object.keys(contact.attributes).filter((it) => !(it in attributes));
  const changed = Object.entries(attributes).filter(([it, value]) => contact.attributes[it] !== value);
  if (gone.length || changed.length) {
    body.attributes = Object.fromEntries([...changed, ...gone.map((it) => /** @type {[string, any]} */ ([it, null]))]);
  }
  const { consent } = contact;
  if (basis !== (consent?.basis ?? "") || (basis && source.trim() !== (consent?.source ?? ""))) {
    const at = basis === consent?.basis ? consent.at : null;
    body.consent = basis ? { basis, source: source.trim() || null, ...(at && { at }) } : null;
  }
  return body;
}
