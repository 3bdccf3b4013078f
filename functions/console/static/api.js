/**
 * Every call of the API, in one table: `call("get_campaign", {campaign_id})` is `GET /v1/campaigns/{campaign_id}`.
 *
 * A test holds the table against docs/openapi.json, whose operation ids are the names here; it is read as JSON.
 */
import { token } from "./auth.js";
import { signal } from "./html.js";
import { API_URL } from "./settings.js";

/** @typedef {{method: string, path: string, query?: string[], body?: string[]}} Call */

/** @type {Record<import("hidra-api").Operation, Call>} */
export const CALLS = {
  "list_overviews": {"method": "GET", "path": "/v1/admin/metrics/overview", "query": ["limit", "cursor"]},
  "create_campaign": {"method": "POST", "path": "/v1/campaigns", "body": ["name", "description", "segment_id", "template_id", "external_id", "max_messages_per_minute", "labels", "exclude_segment_ids", "not_contacted_for_days", "skip_not_on_whatsapp_days", "channel", "send_window"]},
  "list_campaigns": {"method": "GET", "path": "/v1/campaigns", "query": ["status", "search", "label", "with_metrics", "limit", "cursor"]},
  "get_campaign": {"method": "GET", "path": "/v1/campaigns/{campaign_id}"},
  "change_campaign": {"method": "PATCH", "path": "/v1/campaigns/{campaign_id}", "body": ["name", "description", "segment_id", "template_id", "max_messages_per_minute", "exclude_segment_ids", "not_contacted_for_days", "skip_not_on_whatsapp_days", "scheduled_at", "not_after", "labels", "time_zone", "send_window"]},
  "delete_campaign": {"method": "DELETE", "path": "/v1/campaigns/{campaign_id}"},
  "cancel_campaign": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/cancel"},
  "duplicate_campaign": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/duplicate", "body": ["name"]},
  "get_campaign_pace": {"method": "GET", "path": "/v1/campaigns/{campaign_id}/pace"},
  "get_campaign_metrics": {"method": "GET", "path": "/v1/campaigns/{campaign_id}/metrics"},
  "pause_campaign": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/pause"},
  "preflight_campaign": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/preflight", "body": ["scheduled_at", "time_zone"]},
  "list_recipients": {"method": "GET", "path": "/v1/campaigns/{campaign_id}/recipients", "query": ["run_id", "status", "error_code", "contact_id", "phone", "country", "limit", "cursor", "replied"]},
  "count_recipients": {"method": "GET", "path": "/v1/campaigns/{campaign_id}/recipients/summary", "query": ["run_id"]},
  "resume_campaign": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/resume"},
  "retry_failed": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/retry-failed"},
  "list_runs": {"method": "GET", "path": "/v1/campaigns/{campaign_id}/runs", "query": ["limit", "cursor"]},
  "schedule_campaign": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/schedule", "body": ["scheduled_at", "not_after", "time_zone"]},
  "start_campaign": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/start"},
  "test_send": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/test-send", "body": ["phone", "country", "contact_id", "variables"]},
  "list_timeline": {"method": "GET", "path": "/v1/campaigns/{campaign_id}/timeline", "query": ["from", "to", "limit", "cursor"]},
  "unschedule_campaign": {"method": "POST", "path": "/v1/campaigns/{campaign_id}/unschedule"},
  "save_contacts": {"method": "POST", "path": "/v1/contacts", "body": ["contacts", "segment_id", "country"]},
  "list_contacts": {"method": "GET", "path": "/v1/contacts", "query": ["limit", "cursor", "search", "country"]},
  "erase": {"method": "POST", "path": "/v1/contacts/erase", "body": ["phone", "country"]},
  "export": {"method": "POST", "path": "/v1/contacts/export", "query": ["limit", "cursor"], "body": ["phone", "country"]},
  "get_contact": {"method": "GET", "path": "/v1/contacts/{contact_id}"},
  "change_contact": {"method": "PATCH", "path": "/v1/contacts/{contact_id}", "body": ["phone", "country", "name", "attributes", "consent"]},
  "delete_contact": {"method": "DELETE", "path": "/v1/contacts/{contact_id}"},
  "save_connection": {"method": "PUT", "path": "/v1/evolution-config", "body": ["base_url", "instance_name", "api_key", "integration", "max_messages_per_minute", "max_concurrent_sends", "jitter", "send_window", "max_messages_per_day", "max_first_contacts_per_day", "warm_up", "time_zone"]},
  "get_connection": {"method": "GET", "path": "/v1/evolution-config"},
  "delete_connection": {"method": "DELETE", "path": "/v1/evolution-config"},
  "check_connection": {"method": "POST", "path": "/v1/evolution-config/check"},
  "connect_connection": {"method": "POST", "path": "/v1/evolution-config/connect"},
  "backfill_statuses": {"method": "POST", "path": "/v1/evolution-config/repair-statuses", "body": ["hours"]},
  "create_export": {"method": "POST", "path": "/v1/exports", "body": ["kind", "format", "delimiter", "campaign_id", "status", "segment_id"]},
  "list_exports": {"method": "GET", "path": "/v1/exports", "query": ["limit", "cursor"]},
  "get_export": {"method": "GET", "path": "/v1/exports/{export_id}"},
  "cancel_export": {"method": "POST", "path": "/v1/exports/{export_id}/cancel"},
  "get_export_file": {"method": "GET", "path": "/v1/exports/{export_id}/file"},
  "create_import": {"method": "POST", "path": "/v1/imports", "body": ["source", "segment_id", "segment_name", "format", "mapping", "country", "consent", "delimiter", "encoding", "old_numbers"]},
  "preview_import": {"method": "POST", "path": "/v1/imports/preview", "body": ["content", "whole", "format", "mapping", "country", "consent", "delimiter", "encoding", "old_numbers"]},
  "list_imports": {"method": "GET", "path": "/v1/imports", "query": ["limit", "cursor"]},
  "get_import": {"method": "GET", "path": "/v1/imports/{import_id}"},
  "cancel_import": {"method": "POST", "path": "/v1/imports/{import_id}/cancel"},
  "get_rejects": {"method": "GET", "path": "/v1/imports/{import_id}/rejects", "query": ["examples"]},
  "get_overview": {"method": "GET", "path": "/v1/metrics/overview"},
  "get_opt_out_settings": {"method": "GET", "path": "/v1/opt-out-settings"},
  "save_opt_out_settings": {"method": "PUT", "path": "/v1/opt-out-settings", "body": ["opt_out_words", "opt_in_words", "confirmation"]},
  "opt_out": {"method": "POST", "path": "/v1/opt-outs", "body": ["phones", "reason", "country"]},
  "list_opt_outs": {"method": "GET", "path": "/v1/opt-outs", "query": ["limit", "cursor"]},
  "opt_in": {"method": "DELETE", "path": "/v1/opt-outs/{phone}"},
  "create_segment": {"method": "POST", "path": "/v1/segments", "body": ["name", "description"]},
  "list_segments": {"method": "GET", "path": "/v1/segments", "query": ["limit", "cursor"]},
  "preview_filter": {"method": "POST", "path": "/v1/segments/preview-filter", "body": ["filter", "country"]},
  "get_segment": {"method": "GET", "path": "/v1/segments/{segment_id}"},
  "change_segment": {"method": "PATCH", "path": "/v1/segments/{segment_id}", "body": ["name", "description"]},
  "delete_segment": {"method": "DELETE", "path": "/v1/segments/{segment_id}"},
  "list_members": {"method": "GET", "path": "/v1/segments/{segment_id}/contacts", "query": ["limit", "cursor"]},
  "add_members": {"method": "POST", "path": "/v1/segments/{segment_id}/contacts", "body": ["contact_ids"]},
  "remove_member": {"method": "DELETE", "path": "/v1/segments/{segment_id}/contacts/{contact_id}"},
  "fill": {"method": "POST", "path": "/v1/segments/{segment_id}/fill", "body": ["filter", "country", "cursor"]},
  "merge": {"method": "POST", "path": "/v1/segments/{segment_id}/merge", "body": ["segment_ids", "cursor"]},
  "subtract": {"method": "POST", "path": "/v1/segments/{segment_id}/subtract", "body": ["segment_ids", "cursor"]},
  "create_template": {"method": "POST", "path": "/v1/templates", "body": ["title", "body", "variables", "media_url", "media_type", "file_name"]},
  "list_templates": {"method": "GET", "path": "/v1/templates", "query": ["limit", "cursor"]},
  "preview_text": {"method": "POST", "path": "/v1/templates/preview", "body": ["body", "contact_ids"]},
  "get_template": {"method": "GET", "path": "/v1/templates/{template_id}"},
  "change_template": {"method": "PATCH", "path": "/v1/templates/{template_id}", "body": ["title", "body", "variables", "media_url", "media_type", "file_name"]},
  "delete_template": {"method": "DELETE", "path": "/v1/templates/{template_id}"},
  "preview_template": {"method": "POST", "path": "/v1/templates/{template_id}/preview", "body": ["variables", "contact_id"]}
};

/** Whether the last request found the network and the API. */
export const online = signal(true);

const TIMEOUT = 35_000; // the API itself gives up after 30 s

/** A request that did not succeed. `code` is the problem's type, `network`, or `status-…`. */
export class Failure extends Error {
  /**
   * @param {number} status 0 without an answer
   * @param {string} code
   * @param {Partial<import("hidra-api").Problem>} [problem]
   */
  constructor(status, code, problem = {}) {
    super(problem.detail ?? code);
    this.status = status;
    this.code = code;
    this.problem = problem;
    /** Whether the same request may succeed in a moment. */
    this.passing = status === 0 || status === 429 || status >= 500;
  }

  /** What is wrong with a field of the request, by its path. @param {string} field */
  of(field) {
    return this.problem.errors?.find((error) => error.field === field)?.message;
  }
}

/**
 * Make a call and return its answer. Throws Failure.
 *
 * @template {import("hidra-api").Operation} N
 * @param {N} name
 * @param {Record<string, string | number | boolean | null | undefined>} [values] of the path and the query; one that
 *   is null or empty is not sent
 * @param {import("hidra-api").Bodies[N]} [body]
 * @returns {Promise<import("hidra-api").Answers[N]>}
 */
export async function call(name, values = {}, body = undefined) {
  const { method, path, query = [] } = CALLS[name];
  const given = { ...values };
  const filled = path.replace(/\{(\w+)\}/g, (_, parameter) => {
    const value = given[parameter];
    delete given[parameter];
    return encodeURIComponent(String(value));
  });
  const unknown = Object.keys(given).filter((parameter) => !query.includes(parameter));
  if (unknown.length) throw new TypeError(`${name} has no parameter ${unknown.join(", ")}`);
  const sent = Object.entries(given).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(sent.map(([parameter, value]) => [parameter, String(value)])).toString();
  const address = API_URL + filled.slice(1) + (search ? `?${search}` : "");
  const options = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  let answer = await send(address, options, await token());
  // The token may have ended between two looks at the clock.
  if (answer.status === 401) answer = await send(address, options, await token({ renewed: true }));
  return read(answer);
}

/**
 * @param {string} address
 * @param {{method: string, body?: string}} options
 * @param {string | null} bearer
 */
async function send(address, options, bearer) {
  if (bearer === null) throw new Failure(401, "signed-out");
  const headers = {
    authorization: `Bearer ${bearer}`,
    ...(options.body === undefined ? {} : { "content-type": "application/json" }),
  };
  try {
    const answer = await fetch(address, { ...options, headers, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) });
    online.value = true;
    return answer;
  } catch {
    online.value = false;
    throw new Failure(0, "network");
  }
}

/** @param {Response} answer */
async function read(answer) {
  const text = await answer.text();
  /** @type {any} */
  let content = null;
  try {
    content = text ? JSON.parse(text) : null;
  } catch {
    // A proxy's page, not the API's answer.
  }
  if (answer.ok) return content;
  const type = typeof content?.type === "string" ? content.type : "";
  const code = type.startsWith("urn:hidra:problem:") ? type.slice(18) : `status-${answer.status}`;
  throw new Failure(answer.status, code, type ? content : {});
}

/**
 * Send a file with the signed form of an import, straight to the bucket. Throws Failure.
 *
 * @param {{url: string, fields: Record<string, string>}} form
 * @param {File} file
 * @param {(share: number) => void} onProgress how much of it has left, from 0 to 1
 * @returns {Promise<void>}
 */
export function upload(form, file, onProgress) {
  const data = new FormData();
  for (const [name, value] of Object.entries(form.fields)) data.append(name, value);
  data.append("file", file);
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.url);
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? done() : fail(new Failure(request.status, `status-${request.status}`)));
    request.onerror = () => fail(new Failure(0, "network"));
    request.send(data);
  });
}
