/** The sums of every account, for admins: each one's campaigns and messages, and no other data of theirs. */
import { call } from "../api.js";
import { Bar } from "../components/bar.js";
import { Empty } from "../components/empty.js";
import { Figure } from "../components/figure.js";
import { Missing } from "../components/missing.js";
import { Page } from "../components/page.js";
import { Table } from "../components/table.js";
import { number, percent } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { useList } from "../polling.js";
import { href } from "../router.js";

/** @typedef {import("hidra-api").Overview} Overview */

/** @param {{query: Record<string, string>}} props */
export default function Admin({ query }) {
  const list = useList((page) => call("list_overviews", { ...page, limit: 50 }), { query });
  // The person was an admin when they signed in, and is none any more.
  if (list.failure?.code === "not-admin") return html`<${Missing} back=${{ href: href("/"), text: t("overview.title") }} />`;
  const rows = list.items ?? [];
  return html`<${Page} title=${t("admin.title")} wide>
    ${rows.length > 0 && html`<${Sums} rows=${rows} whole=${list.first && !list.next} />`}
    <${Table}
      label=${t("admin.title")}
      columns=${columns()}
      rows=${list.items}
      id=${(/** @type {Overview} */ row) => row.owner_id}
      next=${list.next}
      failure=${list.failure}
      reload=${list.reload}
      empty=${html`<${Empty} icon="admin" title=${t("admin.empty")}>${t("admin.empty_text")}<//>`}
    />
  <//>`;
}

/**
 * Of the accounts in the table: all of them, or those of this page.
 *
 * @param {{rows: Overview[], whole: boolean}} props
 */
function Sums({ rows, whole }) {
  const sum = (/** @type {Exclude<keyof Overview, "owner_id">} */ name) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);
  const delivered = sum("delivered_messages");
  /** @type {[import("../components/status.js").Tone, string, number][]} */
  const messages = [
    ["green", "delivered", delivered],
    ["red", "failed", sum("failed_messages")],
    ["slate", "skipped", sum("skipped_messages")],
    ["amber", "pending", sum("pending_messages")],
  ];
  const total = messages.reduce((all, [, , count]) => all + count, 0);
  const parts = messages.map(([tone, name, count]) => ({ tone, count, text: t(`overview.part.${name}`, { count }) }));
  /** @type {[string, number, string][]} */
  const figures = [
    ["campaigns", sum("total_campaigns"), ""],
    ["running", sum("running_campaigns"), ""],
    ["scheduled", sum("scheduled_campaigns"), ""],
    ["delivered", delivered, percent(delivered, total)],
    ["read", sum("read_messages"), t("admin.of_delivered", { share: percent(sum("read_messages"), delivered) })],
    ["replied", sum("replied_messages"), t("admin.of_delivered", { share: percent(sum("replied_messages"), delivered) })],
  ];
  const words = t("admin.accounts", { count: rows.length });
  return html`<section>
    <p class="lead">
      ${t(whole ? "admin.sentence" : "admin.sentence_of_page", { accounts: words, running: t("admin.running", { count: sum("running_campaigns") }), delivered, total })}
    </p>
    <ul class="figures">
      ${figures.map(
        ([name, value, hint]) => html`<li key=${name} data-figure=${name} class=${value ? "" : "none"}>
          <span class="figure-name">${t(`admin.figure.${name}`)}</span>
          <${Figure} value=${value} />
          <span class="quiet">${hint}</span>
        </li>`,
      )}
    </ul>
    <${Bar} parts=${parts} total=${total} legend />
  </section>`;
}

/** @returns {import("../components/table.js").Column<Overview>[]} */
const columns = () => [
  { title: t("admin.account"), main: true, cell: (row) => html`<code>${row.owner_id}</code>` },
  .../** @type {const} */ ([
    ["campaigns", "total_campaigns"],
    ["running", "running_campaigns"],
    ["scheduled", "scheduled_campaigns"],
    ["delivered", "delivered_messages"],
    ["read", "read_messages"],
    ["replied", "replied_messages"],
    ["failed", "failed_messages"],
    ["pending", "pending_messages"],
  ]).map(([name, field]) => ({
    title: t(`admin.figure.${name}`),
    number: true,
    cell: (/** @type {Overview} */ row) => number(row[field] ?? 0),
  })),
];
