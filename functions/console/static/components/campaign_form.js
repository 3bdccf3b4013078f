/** What may still change of a campaign in its state: its name, pace, times and labels. */
import { call } from "../api.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { toast } from "../state.js";
import { isRetry } from "./campaign_words.js";
import { Field } from "./field.js";
import { useFirstField } from "./first_field.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";

/** @typedef {import("hidra-api").Campaign} Campaign */

/** The fields that the API lets change. @param {Campaign} campaign */
function open(campaign) {
  const before = campaign.status === "draft" || (campaign.status === "scheduled" && !isRetry(campaign));
  const paced = before || ["scheduled", "running", "paused"].includes(campaign.status);
  return [
    ...(before ? ["name", "description"] : []),
    ...(paced ? ["max_messages_per_minute"] : []),
    ...(before && campaign.status === "scheduled" ? ["scheduled_at", "not_after"] : []),
    "labels",
  ];
}

/** An instant as the input has it, in this browser's zone. @param {string | null} instant */
function local(instant) {
  if (!instant) return "";
  const date = new Date(instant);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {string} text */
const labels = (text) => text.split(",").map((it) => it.trim()).filter(Boolean);

/**
 * @param {object} props
 * @param {Campaign} props.campaign
 * @param {(campaign: Campaign) => void} props.onSaved
 * @param {() => void} props.onCancel
 */
export function CampaignForm({ campaign, onSaved, onCancel }) {
  /** @type {Record<string, string>} */
  const before = {
    name: campaign.name,
    description: campaign.description ?? "",
    max_messages_per_minute: String(campaign.max_messages_per_minute),
    scheduled_at: local(campaign.scheduled_at),
    not_after: local(campaign.not_after),
    labels: campaign.labels.join(", "),
  };
  const [values, setValues] = useState(before);
  const [failure, setFailure] = useState(/** @type {import("../api.js").Failure | undefined} */ (undefined));
  const [saving, setSaving] = useState(false);
  const fields = open(campaign);
  const form = useFirstField(failure);
  useUnsaved(fields.some((it) => values[it] !== before[it]), campaign.name);

  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    /** @type {Record<string, any>} */
    const body = {};
    for (const name of fields.filter((it) => values[it] !== before[it])) {
      const text = values[name].trim();
      if (name === "max_messages_per_minute") body[name] = Number(text);
      else if (name === "labels") body[name] = labels(text);
      else if (name.endsWith("_at") || name === "not_after") body[name] = text ? new Date(text).toISOString() : null;
      else body[name] = text || null;
    }
    if (!Object.keys(body).length) return onCancel();
    setSaving(true);
    try {
      onSaved(await call("change_campaign", { campaign_id: campaign.id }, body));
      toast(t("campaign.done.edit"));
    } catch (/** @type {any} */ problem) {
      setFailure(problem);
      setSaving(false);
    }
  };

  /** @param {string} name @param {Record<string, any>} attributes */
  const field = (name, attributes) => {
    const message = failure?.of(name);
    return (
      fields.includes(name) &&
      html`<${Field} label=${t(`campaign.form.${name}`)} hint=${t(`campaign.form.${name}_hint`)} error=${message && t("form.wrong", { message })}>
        ${(/** @type {Record<string, any>} */ given) => html`<input
          ...${given}
          ...${attributes}
          name=${name}
          value=${values[name]}
          onInput=${(/** @type {any} */ event) => setValues({ ...values, [name]: event.target.value })}
        />`}
      <//>`
    );
  };
  return html`<form class="form" ref=${form} onSubmit=${save}>
    <h2>${t("campaign.form.title")}</h2>
    <${Problem} failure=${failure} />
    ${field("name", { required: true, maxlength: 200 })} ${field("description", { maxlength: 2000 })}
    ${field("max_messages_per_minute", { type: "number", min: 1, max: 6000, required: true })}
    ${fields.includes("scheduled_at") &&
    html`<div class="pair">
      ${field("scheduled_at", { type: "datetime-local", required: true })} ${field("not_after", { type: "datetime-local" })}
    </div>`}
    ${field("labels", { maxlength: 1000 })}
    <div class="buttons">
      <button type="button" onClick=${onCancel}>${t("common.cancel")}</button>
      <button class="primary" disabled=${saving} aria-busy=${saving}>${t("common.save")}</button>
    </div>
  </form>`;
}
