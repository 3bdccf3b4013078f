/** The name and the description of a segment. */
import { call } from "../api.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { Field } from "./field.js";
import { useFirstField } from "./first_field.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";

/** @typedef {import("hidra-api").Segment} Segment */

/** @param {{segment: Segment | null, onSaved: (saved: Segment) => void, onCancel: () => void}} props */
export function SegmentForm({ segment, onSaved, onCancel }) {
  const [name, setName] = useState(segment?.name ?? "");
  const [description, setDescription] = useState(segment?.description ?? "");
  const [failure, setFailure] = useState(/** @type {any} */ (undefined));
  const form = useFirstField(failure);
  useUnsaved(name !== (segment?.name ?? "") || description !== (segment?.description ?? ""), segment?.name ?? t("segments.new"));
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    const body = { name: name.trim(), description: description.trim() || null };
    try {
      onSaved(segment ? await call("change_segment", { segment_id: segment.id }, body) : await call("create_segment", {}, body));
    } catch (problem) {
      setFailure(problem);
    }
  };
  return html`<form class="form" ref=${form} onSubmit=${save}>
    <h2>${t(segment ? "segments.rename" : "segments.new")}</h2>
    <${Problem} failure=${failure} />
    <${Field} label=${t("segments.name")}>
      ${(/** @type {any} */ given) => html`<input ...${given} required maxlength="200" value=${name} onInput=${(/** @type {any} */ event) => setName(event.target.value)} />`}
    <//>
    <${Field} label=${t("segments.description")} hint=${t("segments.description_hint")}>
      ${(/** @type {any} */ given) => html`<input ...${given} maxlength="2000" value=${description} onInput=${(/** @type {any} */ event) => setDescription(event.target.value)} />`}
    <//>
    <div class="buttons">
      <button type="button" onClick=${onCancel}>${t("common.cancel")}</button>
      <button class="primary" disabled=${!name.trim()}>${t(segment ? "common.save" : "segments.create")}</button>
    </div>
  </form>`;
}
