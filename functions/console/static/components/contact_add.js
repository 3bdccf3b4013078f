/** The form that saves one contact; a phone that is known completes its contact. */
import { call } from "../api.js";
import { nameOf } from "../format.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { navigate } from "../router.js";
import { toast } from "../state.js";
import { Attributes, attributesOf } from "./attributes.js";
import { Field } from "./field.js";
import { useFirstField } from "./first_field.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";

/** @param {{onCancel: () => void}} props */
export function ContactAdd({ onCancel }) {
  const [phone, setPhone] = useState("");
  const [name, setName] = useState("");
  const [rows, setRows] = useState(/** @type {import("./attributes.js").Row[]} */ ([]));
  const [failure, setFailure] = useState(/** @type {import("../api.js").Failure | undefined} */ (undefined));
  const [saving, setSaving] = useState(false);
  const form = useFirstField(failure);
  useUnsaved(Boolean(phone.trim() || name.trim() || rows.length), t("contacts.add.title"));

  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    setSaving(true);
    try {
      const body = { contacts: [{ phone: phone.trim(), ...(name.trim() && { name: name.trim() }), attributes: attributesOf(rows) }] };
      const [saved] = (await call("save_contacts", {}, body)).contacts;
      toast(t(saved.created ? "contacts.add.done" : "contacts.add.known", { name: nameOf(saved) }));
      navigate(`/contacts/${saved.id}`);
    } catch (/** @type {any} */ problem) {
      setFailure(problem);
      setSaving(false);
    }
  };
  const wrong = failure?.problem.errors?.some(({ field }) => field.endsWith("phone"));
  return html`<form class="form" ref=${form} onSubmit=${save}>
    <h2>${t("contacts.add.title")}</h2>
    ${!wrong && html`<${Problem} failure=${failure} />`}
    <div class="pair">
      <${Field} label=${t("contacts.phone")} hint=${t("contacts.add.phone_hint")} error=${wrong ? t("contacts.add.phone_wrong") : undefined}>
        ${(/** @type {any} */ given) =>
          html`<input ...${given} type="tel" required maxlength="120" value=${phone} onInput=${(/** @type {any} */ event) => setPhone(event.target.value)} />`}
      <//>
      <${Field} label=${t("contacts.name")} hint=${t("contacts.add.name_hint")}>
        ${(/** @type {any} */ given) =>
          html`<input ...${given} maxlength="200" autocomplete="off" value=${name} onInput=${(/** @type {any} */ event) => setName(event.target.value)} />`}
      <//>
    </div>
    <${Attributes} rows=${rows} setRows=${setRows} />
    <div class="buttons">
      <button type="button" onClick=${onCancel}>${t("common.cancel")}</button>
      <button class="primary" disabled=${saving} aria-busy=${saving}>${t("contacts.add.save")}</button>
    </div>
  </form>`;
}
