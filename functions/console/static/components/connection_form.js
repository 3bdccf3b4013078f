/** The form that saves a connection; the API checks it at once. */
import { call } from "../api.js";
import { html, useState } from "../html.js";
import { t } from "../i18n.js";
import { Choice, Field } from "./field.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";

/** @typedef {import("hidra-api").Connection} Connection */

const INTEGRATIONS = ["baileys", "cloud_api"];

/**
 * @param {object} props
 * @param {Connection | null} props.connection the one to change; null for a first one
 * @param {(saved: Connection) => void} props.onSaved
 * @param {(() => void) | null} props.onCancel
 */
export function Form({ connection, onSaved, onCancel }) {
  const [values, setValues] = useState({
    base_url: connection?.base_url ?? "",
    instance_name: connection?.instance_name ?? "",
    api_key: "",
    integration: connection?.integration ?? "baileys",
    max_messages_per_minute: "20",
    max_concurrent_sends: "1",
  });
  const [first] = useState(() => JSON.stringify(values));
  const [failure, setFailure] = useState(/** @type {import("../api.js").Failure | undefined} */ (undefined));
  const [saving, setSaving] = useState(false);
  useUnsaved(JSON.stringify(values) !== first, t("connection.form.title"));

  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    setSaving(true);
    try {
      const body = {
        base_url: values.base_url.trim(),
        instance_name: values.instance_name.trim(),
        ...(values.api_key ? { api_key: values.api_key.trim() } : {}),
        integration: /** @type {any} */ (values.integration),
        // Those of a saved one have a form of their own.
        ...(connection
          ? {}
          : { max_messages_per_minute: Number(values.max_messages_per_minute), max_concurrent_sends: Number(values.max_concurrent_sends) }),
      };
      onSaved(await call("save_connection", {}, body));
    } catch (/** @type {any} */ problem) {
      setFailure(problem);
      setSaving(false);
    }
  };

  /** @param {keyof typeof values} name @param {Record<string, any>} [attributes] */
  const input = (name, attributes = {}) => (/** @type {Record<string, any>} */ given) =>
    html`<input
      ...${given}
      ...${attributes}
      name=${name}
      value=${values[name]}
      onInput=${(/** @type {any} */ event) => setValues({ ...values, [name]: event.target.value })}
    />`;
  /** The API's own words stand behind ours, in English. @param {string} name */
  const wrong = (name) => {
    const message = failure?.of(name);
    return message && t("form.wrong", { message });
  };
  return html`<form class="form" onSubmit=${save}>
    <h2>${t(connection ? "connection.form.change" : "connection.form.title")}</h2>
    <${Problem} failure=${failure} />
    <${Field} label=${t("connection.form.base_url")} hint=${t("connection.form.base_url_hint")} error=${wrong("base_url")}>
      ${input("base_url", { type: "url", required: true, placeholder: "https://evolution.example.com", maxlength: 500 })}
    <//>
    <${Field} label=${t("connection.form.instance_name")} hint=${t("connection.form.instance_hint")} error=${wrong("instance_name")}>
      ${input("instance_name", { required: true, maxlength: 100, autocomplete: "off" })}
    <//>
    <${Field}
      label=${t("connection.form.api_key")}
      hint=${t(connection ? "connection.form.api_key_keep" : "connection.form.api_key_hint")}
      error=${wrong("api_key")}
    >
      ${input("api_key", { type: "password", required: !connection, maxlength: 500, autocomplete: "off" })}
    <//>
    <${Choice}
      label=${t("connection.integration.title")}
      value=${values.integration}
      options=${INTEGRATIONS.map((value) => ({ value, text: t(`connection.integration.${value}`) }))}
      onChange=${(/** @type {string} */ integration) => setValues({ ...values, integration })}
    />
    ${!connection &&
    html`<div class="pair">
      <${Field} label=${t("connection.form.pace")} hint=${t("connection.form.pace_hint")} error=${wrong("max_messages_per_minute")}>
        ${input("max_messages_per_minute", { type: "number", min: 1, max: 6000, required: true })}
      <//>
      <${Field} label=${t("connection.form.concurrent")} hint=${t("connection.form.concurrent_hint")} error=${wrong("max_concurrent_sends")}>
        ${input("max_concurrent_sends", { type: "number", min: 1, max: 1000, required: true })}
      <//>
    </div>`}
    <div class="buttons">
      ${onCancel && html`<button type="button" onClick=${onCancel}>${t("common.cancel")}</button>`}
      <button class="primary" disabled=${saving} aria-busy=${saving}>${t(saving ? "connection.form.saving" : "connection.form.save")}</button>
    </div>
  </form>`;
}
