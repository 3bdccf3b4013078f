/** The form of a number's pace and limits: how fast, in which hours, how many a day, and its warm-up. */
import { call } from "../api.js";
import { html, useMemo, useState } from "../html.js";
import { t } from "../i18n.js";
import { isValid } from "../sending_window.js";
import { limitsOf, written } from "../warm_up.js";
import { Choice, Field } from "./field.js";
import { useFirstField } from "./first_field.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";
import { WarmUpEditor } from "./warm_up_editor.js";
import { WindowEditor } from "./window_editor.js";

/** @typedef {import("hidra-api").Connection} Connection */

const JITTERS = [0, 0.25, 0.5];
const NUMBERS = /** @type {const} */ ({
  max_messages_per_minute: { most: 6000, required: true },
  max_concurrent_sends: { most: 1000, required: true },
  max_messages_per_day: { most: 1_000_000, required: false },
  max_first_contacts_per_day: { most: 1_000_000, required: false },
});

/** @typedef {keyof typeof NUMBERS} NumberName */

/** @param {Connection} found */
const valuesOf = (found) => ({
  max_messages_per_minute: String(found.max_messages_per_minute),
  max_concurrent_sends: String(found.max_concurrent_sends),
  max_messages_per_day: String(found.max_messages_per_day ?? ""),
  max_first_contacts_per_day: String(found.max_first_contacts_per_day ?? ""),
  jitter: found.jitter,
  send_window: found.send_window,
  time_zone: found.time_zone,
  warm_up: found.warm_up ? { since: found.warm_up.since, text: written(found.warm_up.limits) } : null,
});

/** @typedef {ReturnType<typeof valuesOf>} Values */

/**
 * @param {object} props
 * @param {Connection} props.connection
 * @param {(saved: Connection) => void} props.onSaved
 * @param {() => void} props.onCancel
 */
export function LimitsForm({ connection, onSaved, onCancel }) {
  const [values, setValues] = useState(() => valuesOf(connection));
  const [failure, setFailure] = useState(/** @type {import("../api.js").Failure | undefined} */ (undefined));
  const [tried, setTried] = useState(false);
  const [saving, setSaving] = useState(false);
  const form = useFirstField(failure);
  useUnsaved(JSON.stringify(values) !== JSON.stringify(valuesOf(connection)), t("connection.limits.change"));
  const wrong = mistakes(values);
  /** @param {Partial<Values>} changes */
  const change = (changes) => setValues({ ...values, ...changes });

  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    setTried(true);
    setFailure(undefined);
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    if (Object.keys(wrong).length) {
      setTimeout(() => /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid=true], [role=alert]"))?.focus());
      return;
    }
    setSaving(true);
    try {
      onSaved(await call("save_connection", {}, bodyOf(connection, values)));
    } catch (/** @type {any} */ problem) {
      setFailure(problem);
      setSaving(false);
    }
  };

  /** Our own sentence, or the API's words behind ours, in English. @param {string} name */
  const errorOf = (name) => {
    if (tried && wrong[name]) return wrong[name];
    const message = failure?.problem.errors?.find(({ field }) => field === name || field.startsWith(`${name}.`))?.message;
    return message && t("form.wrong", { message });
  };
  /** @param {NumberName} name */
  const amount = (name) => html`<${Field} label=${t(`connection.limits.${name}`)} hint=${t(`connection.limits.${name}_hint`)} error=${errorOf(name)}>
    ${(/** @type {Record<string, any>} */ given) =>
      html`<input
        ...${given}
        name=${name}
        inputmode="numeric"
        autocomplete="off"
        value=${values[name]}
        onInput=${(/** @type {any} */ event) => change({ [name]: event.target.value })}
      />`}
  <//>`;
  return html`<form class="form" noValidate ref=${form} onSubmit=${save}>
    <h2>${t("connection.limits.change")}</h2>
    <${Problem} failure=${failure} />
    <div class="pair">${amount("max_messages_per_minute")}${amount("max_concurrent_sends")}</div>
    <${Choice}
      label=${t("connection.limits.jitter")}
      value=${String(values.jitter)}
      options=${[...new Set([...JITTERS, connection.jitter])].sort().map((jitter) => ({ value: String(jitter), text: jitterText(jitter) }))}
      hint=${errorOf("jitter") ?? t("connection.limits.jitter_hint")}
      onChange=${(/** @type {string} */ jitter) => change({ jitter: Number(jitter) })}
    />
    <${WindowEditor} value=${values.send_window} wrong=${Boolean(errorOf("send_window"))} onChange=${(/** @type {any} */ send_window) => change({ send_window })} />
    <div class="pair">${amount("max_messages_per_day")}${amount("max_first_contacts_per_day")}</div>
    <${Zone} value=${values.time_zone} error=${errorOf("time_zone")} onChange=${(/** @type {string} */ time_zone) => change({ time_zone })} />
    <${WarmUpEditor}
      value=${values.warm_up}
      zone=${values.time_zone}
      wrong=${{ since: errorOf("warm_up.since"), limits: errorOf("warm_up.limits") }}
      onChange=${(/** @type {Values["warm_up"]} */ warm_up) => change({ warm_up })}
    />
    <div class="buttons">
      <button type="button" onClick=${onCancel}>${t("common.cancel")}</button>
      <button class="primary" disabled=${saving} aria-busy=${saving}>${t(saving ? "connection.form.saving" : "connection.limits.save")}</button>
    </div>
  </form>`;
}

/** By how much the time between two messages varies, in words. @param {number} jitter */
export const jitterText = (jitter) => t(jitter ? "connection.limits.jitter_value" : "connection.limits.jitter_none", { share: Math.round(jitter * 100) });

/** @param {{value: string, error?: string, onChange: (value: string) => void}} props */
function Zone({ value, error, onChange }) {
  const zones = useMemo(() => [...new Set([...Intl.supportedValuesOf("timeZone"), value])].sort(), [value]);
  return html`<${Field} label=${t("connection.limits.time_zone")} hint=${t("connection.limits.time_zone_hint")} error=${error}>
    ${(/** @type {Record<string, any>} */ given) =>
      html`<select ...${given} onChange=${(/** @type {any} */ event) => onChange(event.target.value)}>
        ${zones.map((zone) => html`<option key=${zone} value=${zone} selected=${zone === value}>${zone.replaceAll("_", " ")}</option>`)}
      </select>`}
  <//>`;
}

/** What has to be corrected before saving, by field. @param {Values} values @returns {Record<string, string>} */
function mistakes(values) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [name, { most, required }] of Object.entries(NUMBERS)) {
    const text = values[/** @type {NumberName} */ (name)].trim();
    const good = text ? /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= most : !required;
    if (!good) found[name] = t(required ? "connection.limits.wrong" : "connection.limits.wrong_or_empty", { most });
  }
  if (values.send_window && !isValid(values.send_window)) found.send_window = t("window.wrong");
  if (values.warm_up && !values.warm_up.since) found["warm_up.since"] = t("connection.warm_up.since_wrong");
  if (values.warm_up && !limitsOf(values.warm_up.text)) found["warm_up.limits"] = t("connection.warm_up.limits_wrong");
  return found;
}

/** @param {Connection} connection @param {Values} values */
function bodyOf({ base_url, instance_name }, values) {
  const { warm_up, send_window, jitter, time_zone } = values;
  const perDay = (/** @type {string} */ text) => (text.trim() ? Number(text) : null);
  return {
    base_url,
    instance_name,
    max_messages_per_minute: Number(values.max_messages_per_minute),
    max_concurrent_sends: Number(values.max_concurrent_sends),
    max_messages_per_day: perDay(values.max_messages_per_day),
    max_first_contacts_per_day: perDay(values.max_first_contacts_per_day),
    jitter,
    send_window: /** @type {any} */ (send_window),
    time_zone,
    warm_up: warm_up && { since: warm_up.since, limits: limitsOf(warm_up.text) },
  };
}
