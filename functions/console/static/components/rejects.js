/** The rows that an import rejected, by their reason with what to do, and as a file. */
import { call } from "../api.js";
import { html, useState } from "../html.js";
import { number } from "../format.js";
import { codeText, t } from "../i18n.js";
import { Icon } from "./icon.js";
import { Problem } from "./problem.js";
import { Table } from "./table.js";

/** @param {{it: import("hidra-api").Import}} props */
export function Rejects({ it }) {
  const [failure, setFailure] = useState(/** @type {any} */ (undefined));
  if (!it.rejected) return null;
  const rows = Object.entries(it.rejected_by_reason)
    .sort((one, other) => other[1] - one[1])
    .map(([reason, count]) => ({ id: reason, reason, count }));
  const download = async () => {
    try {
      const { url } = await call("get_rejects", { import_id: it.id });
      // The link answers with an attachment, so the page stays.
      location.assign(url);
      setFailure(undefined);
    } catch (problem) {
      setFailure(problem);
    }
  };
  const ended = it.status === "completed" || it.status === "canceled";
  return html`<section>
    <h2>${t("imports.rejects.title")}</h2>
    <${Table}
      label=${t("imports.rejects.title")}
      columns=${[
        { title: t("imports.rejects.reason"), main: true, cell: (/** @type {any} */ row) => codeText("reject", row.reason) },
        { title: t("imports.rejects.count"), number: true, cell: (/** @type {any} */ row) => number(row.count) },
      ]}
      rows=${rows}
    />
    <${Problem} failure=${failure} />
    ${ended &&
    html`<div class="row-head"><p class="quiet">${t("imports.rejects.hint")}</p>
      <button onClick=${download}><${Icon} name="export" size=${16} />${t("imports.rejects.download")}</button></div>`}
  </section>`;
}
