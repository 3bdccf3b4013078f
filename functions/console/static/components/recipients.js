/** A campaign's recipients: how many are in which state and why, and each one's story. The filters are in the address. */
import { call } from "../api.js";
import { number, phoneText, when } from "../format.js";
import { html, useEffect, useRef } from "../html.js";
import { codeText, t } from "../i18n.js";
import { exists } from "../pages.js";
import { useList } from "../polling.js";
import { href, setQuery } from "../router.js";
import { Empty } from "./empty.js";
import { Icon } from "./icon.js";
import { Problem } from "./problem.js";
import { SearchBox } from "./search_box.js";
import { Skeleton } from "./skeleton.js";
import { Status } from "./status.js";
import { Story, latestOf, reasonText } from "./story.js";
import { Pager } from "./table.js";

/** @typedef {import("hidra-api").RecipientsSummary} Summary */
/** @typedef {import("hidra-api").Recipient} Recipient */

const STATES = ["pending", "sending", "unknown", "sent", "delivered", "read", "failed", "skipped"];
const LIMIT = 25;

/**
 * @param {object} props
 * @param {string} props.campaign_id
 * @param {Summary} props.summary
 * @param {Record<string, string>} props.query
 * @param {boolean} props.live
 */
export function Recipients({ campaign_id, summary, query, live }) {
  const { status, error_code, phone, cursor } = query;
  const filters = { ...(status && { status }), ...(error_code && { error_code }), ...(phone && { phone }) };
  const list = useList((page) => call("list_recipients", { campaign_id, ...filters, ...page, limit: LIMIT }), {
    query: { ...filters, ...(cursor && { cursor }) },
  });
  // Read again with the numbers, so that both are of the same moment; a later page of the list stays while it is live.
  const counted = JSON.stringify(summary.counts);
  const before = useRef({ summary, counted });
  useEffect(() => {
    const changed = counted !== before.current.counted;
    const moves = live && summary !== before.current.summary;
    if (live ? (changed || moves) && !cursor : changed) list.reload();
    before.current = { summary, counted };
  }, [summary]);
  return html`<section class="people">
    <div class="section-head">
      <h2>${t("campaign.people.title")}</h2>
      <${SearchBox} label=${t("campaign.people.search")} value=${phone ?? ""} onSearch=${(/** @type {string} */ text) => setQuery({ phone: text || null, cursor: null })} />
    </div>
    <${Chips} summary=${summary} query=${query} />
    <${People} list=${list} filtered=${Object.keys(filters).length > 0} />
  </section>`;
}

/** @param {{summary: Summary, query: Record<string, string>}} props */
function Chips({ summary, query }) {
  /** @param {string} name @param {string} value */
  const sum = (name, value) =>
    summary.counts.reduce((total, it) => total + (/** @type {any} */ (it)[name] === value ? it.recipients : 0), 0);
  const states = STATES.map((state) => ({ state, count: sum("status", state) })).filter(
    ({ state, count }) => count > 0 || state === query.status,
  );
  const reasons = summary.counts.filter((it) => it.error_code && (!query.status || it.status === query.status));
  return html`
    <div class="chips" role="group" aria-label=${t("campaign.people.by_state")}>
      <${Chip} text=${t("campaign.people.all")} count=${summary.total} on=${!query.status && !query.error_code} change=${{ status: null, error_code: null }} />
      ${states.map(
        ({ state, count }) => html`<${Chip}
          key=${state}
          text=${t(`status.recipient.${state}`)}
          count=${count}
          on=${query.status === state}
          change=${{ status: query.status === state ? null : state, error_code: null }}
        />`,
      )}
    </div>
    ${reasons.length > 0 &&
    html`<div class="chips" role="group" aria-label=${t("campaign.people.by_reason")}>
      ${reasons.map(
        ({ status, error_code: code, recipients }) => html`<${Chip}
          key=${`${status} ${code}`}
          text=${codeText("error", /** @type {string} */ (code))}
          count=${recipients}
          on=${query.error_code === code && (!query.status || query.status === status)}
          change=${query.error_code === code ? { error_code: null } : { status, error_code: code }}
        />`,
      )}
    </div>`}
  `;
}

/** @param {{text: string, count: number, on: boolean, change: Record<string, string | null>}} props */
function Chip({ text, count, on, change }) {
  return html`<button class="chip" aria-pressed=${on} onClick=${() => setQuery({ ...change, cursor: null })}>
    ${text} <b>${number(count)}</b>
  </button>`;
}

/** @param {{list: ReturnType<typeof useList<Recipient>>, filtered: boolean}} props */
function People({ list, filtered }) {
  if (list.failure && !list.items) return html`<${Problem} failure=${list.failure} retry=${list.reload} />`;
  if (!list.items) return html`<${Skeleton} lines=${8} />`;
  if (!list.items.length) {
    return html`<${Empty} icon="people" title=${t(filtered ? "campaign.people.none" : "campaign.people.empty")} /><${Pager} next=${list.next} />`;
  }
  return html`
    <ul class="rows">
      ${list.items.map((it) => html`<li key=${`${it.run_id} ${it.contact_id}`}><${Row} recipient=${it} /></li>`)}
    </ul>
    <${Pager} next=${list.next} />
  `;
}

/** @param {{recipient: Recipient}} props */
function Row({ recipient }) {
  const at = latestOf(recipient);
  const reason = reasonText(recipient);
  const path = `/contacts/${recipient.contact_id}`;
  return html`<details class="unfold">
    <summary>
      <span class="row-name">
        <span class="name">${recipient.name ?? (recipient.phone ? phoneText(recipient.phone) : t("campaign.people.erased"))}</span>
        ${recipient.name && recipient.phone && html`<span class="quiet numbers">${phoneText(recipient.phone)}</span>`}
      </span>
      <span class="row-reason quiet">${reason}</span>
      <span class="row-time quiet numbers">${at && when(at)}</span>
      <${Status} kind="recipient" state=${recipient.status} />
      <${Icon} name="next" size=${16} />
    </summary>
    <${Story} message=${recipient} />
    ${recipient.phone && exists(path) && html`<p class="story-link"><a href=${href(path)}>${t("campaign.people.open")}</a></p>`}
  </details>`;
}
