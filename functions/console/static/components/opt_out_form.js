/** Phones that are to receive nothing more, entered by hand. */
import { call } from "../api.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";
import { Field } from "./field.js";
import { useFirstField } from "./first_field.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";

/** @param {{onDone: () => void, onCancel: () => void}} props */
export function OptOutForm({ onDone, onCancel }) {
  const [text, setText] = useState("");
  const [reason, setReason] = useState("");
  const [failure, setFailure] = useState(/** @type {import("../api.js").Failure | undefined} */ (undefined));
  const [saving, setSaving] = useState(false);
  const form = useFirstField(failure);
  useUnsaved(Boolean(text.trim() || reason.trim()), t("opt_outs.add.action"));
  const phones = text.split(/[\n;,]/).map((it) => it.trim()).filter(Boolean);
  // `phones.3` is the fourth phone, or `phones.3.phone`.
  const wrong = (failure?.problem.errors ?? []).map(({ field }) => phones[Number(field.split(".")[1])]).filter(Boolean);

  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    setSaving(true);
    try {
      const done = await call("opt_out", {}, { phones, ...(reason.trim() && { reason: reason.trim() }) });
      toast([t("opt_outs.add.done", { count: done.opted_out }), done.skipped_messages > 0 && t("opt_outs.add.skipped", { count: done.skipped_messages })].filter(Boolean).join(" "));
      onDone();
    } catch (/** @type {any} */ problem) {
      setFailure(problem);
      setSaving(false);
    }
  };
  return html`<form class="form" ref=${form} onSubmit=${save}>
    <h2>${t("opt_outs.add.title")}</h2>
    ${!wrong.length && html`<${Problem} failure=${failure} />`}
    <${Field} label=${t("opt_outs.add.phones")} hint=${t("opt_outs.add.phones_hint")} error=${wrong.length ? t("opt_outs.add.wrong", { phones: wrong.join(", ") }) : undefined}>
      ${(/** @type {any} */ given) =>
        html`<textarea ...${given} rows="3" required value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} />`}
    <//>
    <${Field} label=${t("opt_outs.reason")} hint=${t("opt_outs.add.reason_hint")}>
      ${(/** @type {any} */ given) => html`<input ...${given} maxlength="200" value=${reason} onInput=${(/** @type {any} */ event) => setReason(event.target.value)} />`}
    <//>
    <div class="buttons">
      <button type="button" onClick=${onCancel}>${t("common.cancel")}</button>
      <button class="primary" disabled=${saving || !phones.length} aria-busy=${saving}>${t("opt_outs.add.save")}</button>
    </div>
  </form>`;
}
