/**
 * What a person chooses for a campaign. A draft is saved as it changes, as soon as the API can accept it, so that a
 * reload loses nothing; a scheduled campaign only when the person asks for it, because it would go out half changed.
 */
import { call } from "../api.js";
import { useCallback, useEffect, useRef, useState } from "../html.js";
import { isValid } from "../sending_window.js";

/** @typedef {import("hidra-api").Campaign} Campaign */
/** @typedef {import("../sending_window.js").SendingWindow} SendingWindow */

/**
 * `at` and `until` are local, as an input of the browser has them; empty: now, and no limit. A draft cannot hold them,
 * so the address does.
 *
 * @typedef {object} Values
 * @property {string} name
 * @property {string[]} labels
 * @property {string} segment_id
 * @property {string} template_id
 * @property {string[]} exclude_segment_ids
 * @property {number | null} not_contacted_for_days
 * @property {number} skip_not_on_whatsapp_days
 * @property {number} max_messages_per_minute
 * @property {SendingWindow | null} send_window
 * @property {string} at
 * @property {string} until
 */

const PAUSE = 600; // ms without typing before a draft is saved
/** Without these the API accepts no draft. */
export const NEEDED = /** @type {const} */ (["name", "segment_id", "template_id"]);

/** The instant of an input's local time. @param {string} local */
export const instant = (local) => new Date(local);

/** An instant as an input's local time, to the minute. @param {string | null | undefined} at */
export function local(at) {
  if (!at) return "";
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** A local time of the address, if it is one. @param {string | undefined} given */
const time = (given) => (given && !Number.isNaN(Date.parse(given)) ? given : "");

/** @param {Campaign | null} campaign @param {Record<string, string>} query @returns {Values} */
export function valuesOf(campaign, query) {
  return {
    name: campaign?.name ?? "",
    labels: campaign?.labels ?? [],
    segment_id: campaign?.segment_id ?? query.segment ?? "",
    template_id: campaign?.template_id ?? query.template ?? "",
    exclude_segment_ids: campaign?.exclude_segment_ids ?? [],
    not_contacted_for_days: campaign?.not_contacted_for_days ?? null,
    skip_not_on_whatsapp_days: campaign?.skip_not_on_whatsapp_days ?? 90,
    max_messages_per_minute: campaign?.max_messages_per_minute ?? 20,
    send_window: campaign?.send_window ?? null,
    at: local(campaign?.scheduled_at) || time(query.at),
    until: local(campaign?.not_after) || time(query.until),
  };
}

/**
 * The fields that cannot be accepted as they are.
 *
 * @param {Values} values
 * @param {number} now
 * @returns {Set<keyof Values>}
 */
export function wrongFields(values, now = Date.now()) {
  /** @type {Set<keyof Values>} */
  const wrong = new Set();
  /** @param {number} value @param {number} least @param {number} most */
  const within = (value, least, most) => Number.isInteger(value) && value >= least && value <= most;
  for (const field of NEEDED) if (!values[field].trim()) wrong.add(field);
  if (!within(values.max_messages_per_minute, 1, 6000)) wrong.add("max_messages_per_minute");
  if (!within(values.skip_not_on_whatsapp_days, 0, 365)) wrong.add("skip_not_on_whatsapp_days");
  if (values.not_contacted_for_days !== null && !within(values.not_contacted_for_days, 1, 365)) wrong.add("not_contacted_for_days");
  if (values.send_window && !isValid(values.send_window)) wrong.add("send_window");
  if (values.at && !(instant(values.at).getTime() > now)) wrong.add("at");
  if (values.at && values.until && !(instant(values.until) > instant(values.at))) wrong.add("until");
  return wrong;
}

/** @param {Values} values @param {boolean} scheduled @returns {Record<string, unknown>} the API's fields, without those that are wrong */
function fieldsOf(values, scheduled) {
  const { at, until, ...content } = values;
  const wrong = wrongFields(values);
  /** @type {Record<string, unknown>} */
  const fields = { ...content, name: values.name.trim() };
  if (scheduled && at) {
    fields.scheduled_at = instant(at).toISOString();
    fields.not_after = until ? instant(until).toISOString() : null;
    if (wrong.has("at") || wrong.has("until")) delete fields.scheduled_at, delete fields.not_after;
  }
  for (const field of wrong) delete fields[field];
  return fields;
}

/**
 * @typedef {object} Draft
 * @property {Values} values
 * @property {(changes: Partial<Values>) => void} change
 * @property {Campaign | null} campaign as it was saved last
 * @property {boolean} dirty whether something that could be saved is not saved yet
 * @property {import("../api.js").Failure | undefined} failure of the last saving
 * @property {number} version counts what was saved
 * @property {() => Promise<Campaign | null>} save now; the saved campaign, null if it could not be saved
 */

/**
 * @param {Campaign | null} opened
 * @param {Record<string, string>} query of the address
 * @param {(campaign: Campaign) => void} onCreated
 * @returns {Draft}
 */
export function useDraft(opened, query, onCreated) {
  const scheduled = opened?.status === "scheduled";
  const [values, setValues] = useState(() => valuesOf(opened, query));
  const [saved, setSaved] = useState({ campaign: opened, version: 0, failure: /** @type {any} */ (undefined) });
  const latest = useRef({ values, campaign: opened, onCreated });
  latest.current.values = values;
  latest.current.onCreated = onCreated;
  /** What the API has, by field, as it was sent. */
  const base = useRef(opened ? texts(fieldsOf(values, scheduled)) : {});
  const timer = useRef(0);
  /** @type {{current: Promise<Campaign | null> | null}} */
  const running = useRef(null);
  /** The first request, repeated as it was until it is answered: the API knows it by its id. */
  const creation = useRef(/** @type {Record<string, unknown> | null} */ (null));

  const changed = () => {
    const fields = texts(fieldsOf(latest.current.values, scheduled));
    return Object.keys(fields).filter((field) => fields[field] !== base.current[field]);
  };

  /** One request; whether there was something to do. */
  const step = async () => {
    const fields = fieldsOf(latest.current.values, scheduled);
    let campaign = latest.current.campaign;
    if (!campaign) {
      if (!NEEDED.every((field) => field in fields)) return false;
      const body = creation.current ?? { ...fields, external_id: crypto.randomUUID() };
      creation.current = body;
      campaign = await create(body, () => {
        creation.current = null;
      });
      base.current = texts(body);
      latest.current.campaign = campaign;
      latest.current.onCreated(campaign);
    } else {
      const names = changed();
      if (!names.length) return false;
      const body = Object.fromEntries(names.map((name) => [name, fields[name]]));
      campaign = await call("change_campaign", { campaign_id: campaign.id }, body);
      base.current = { ...base.current, ...texts(body) };
      latest.current.campaign = campaign;
    }
    setSaved((before) => ({ campaign, version: before.version + 1, failure: undefined }));
    return true;
  };

  const save = useCallback(() => {
    clearTimeout(timer.current);
    running.current ??= (async () => {
      try {
        while (await step());
        setSaved((before) => ({ ...before, failure: undefined }));
        return latest.current.campaign;
      } catch (failure) {
        setSaved((before) => ({ ...before, failure }));
        return null;
      } finally {
        running.current = null;
      }
    })();
    return running.current;
  }, []);

  /** @param {Partial<Values>} changes */
  const change = (changes) => {
    latest.current.values = { ...latest.current.values, ...changes };
    setValues(latest.current.values);
    clearTimeout(timer.current);
    if (!scheduled) timer.current = window.setTimeout(save, PAUSE);
  };

  useEffect(() => {
    const failed = saved.failure;
    if (!scheduled && failed?.passing) timer.current = window.setTimeout(save, 5000);
  }, [saved.failure]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      latest.current.onCreated = () => {}; // the address is another page's by now
      if (!scheduled && changed().length) save();
    },
    [],
  );
  return { values, change, ...saved, dirty: changed().length > 0, save };
}

/** @param {Record<string, unknown>} body @param {() => void} onRefused */
async function create(body, onRefused) {
  try {
    return await call("create_campaign", {}, /** @type {any} */ (body));
  } catch (/** @type {any} */ failure) {
    if (!failure.passing) onRefused();
    throw failure;
  }
}

/** @param {Record<string, unknown>} fields */
const texts = (fields) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]));
