/** The form that removes an opt-out by its phone, which the list does not show of those who are not in the contacts. */
import { call } from "../api.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";
import { confirm } from "./dialog.js";
import { Field } from "./field.js";
import { useFirstField } from "./first_field.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";

/** @param {{onDone: () => void, onCancel: () => void}} props */
export function OptInForm({ onDone, onCancel }) {
  const [text, setText] = useState("");
  const [failure, setFailure] = useState(/** @type {import("../api.js").Failure | undefined} */ (undefined));
  const form = useFirstField(failure);
  useUnsaved(text.trim() !== "", t("opt_outs.by_phone.title"));

  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    const phone = text.trim();
    const sure = await confirm({
      title: t("opt_outs.remove.title", { phone }),
      body: html`<p>${t("opt_outs.remove.api")}</p>`,
      action: t("opt_outs.remove.action"),
      danger: true,
    });
    if (!sure) return;
    try {
      await call("opt_in", { phone });
      toast(t("opt_outs.remove.done", { phone }));
      onDone();
    } catch (/** @type {any} */ problem) {
      setFailure(problem);
    }
  };
  return html`<form class="form" ref=${form} onSubmit=${save}>
    <h2>${t("opt_outs.by_phone.title")}</h2>
    <${Problem} failure=${failure} />
    <${Field} label=${t("contacts.phone")} hint=${t("opt_outs.by_phone.hint")}>
      ${(/** @type {any} */ given) =>
        html`<input ...${given} type="tel" required maxlength="120" value=${text} onInput=${(/** @type {any} */ event) => setText(event.target.value)} />`}
    <//>
    <div class="buttons">
      <button type="button" onClick=${onCancel}>${t("common.cancel")}</button>
      <button class="primary" disabled=${!text.trim()}>${t("opt_outs.remove.action")}</button>
    </div>
  </form>`;
}
