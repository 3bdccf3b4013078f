/** The rows that an import rejected: by their reason with what to do, the first ones of each, and all as a file. */
import { call } from "../api.js";
import { html, useState } from "../html.js";
import { number } from "../format.js";
import { codeText, t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { Icon } from "./icon.js";
import { Problem } from "./problem.js";

/** @typedef {import("hidra-api").Import} Import */
/** @typedef {import("hidra-api").RejectsLink["examples"]} Examples */

const EXAMPLES = 5; // of each reason

/** @param {{it: Import}} props */
export function Rejects({ it }) {
  if (!it.rejected) return null;
  const ended = it.status === "completed" || it.status === "canceled";
  return html`<section>
    <h2>${t("imports.rejects.title")}</h2>
    ${ended ? html`<${Ended} it=${it} />` : html`<${ByReason} it=${it} examples=${[]} />`}
  </section>`;
}

/** Of an import that has ended, which alone has the file. @param {{it: Import}} props */
function Ended({ it }) {
  const { data, failure, reload } = usePolling(() => examplesOf(it.id), { moves: (found) => found === null, key: it.id });
  const [refusal, setRefusal] = useState(/** @type {any} */ (undefined));
  const download = async () => {
    try {
      const { url } = await call("get_rejects", { import_id: it.id });
      // The link answers with an attachment, so the page stays.
      location.assign(url);
      setRefusal(undefined);
    } catch (problem) {
      setRefusal(problem);
    }
  };
  return html`
    <${ByReason} it=${it} examples=${data ?? []} />
    <${Problem} failure=${failure} retry=${reload} />
    <${Problem} failure=${refusal} />
    <div class="row-head"><p class="quiet">${t("imports.rejects.hint")}</p>
      <button onClick=${download}><${Icon} name="export" size=${16} />${t("imports.rejects.download")}</button></div>
  `;
}

/** Null while the file of a canceled import is being made. @param {string} import_id @returns {Promise<Examples | null>} */
async function examplesOf(import_id) {
  try {
    return (await call("get_rejects", { import_id, examples: EXAMPLES })).examples;
  } catch (/** @type {any} */ failure) {
    if (failure.code === "import-not-completed") return null;
    throw failure;
  }
}

/** The most frequent reason first. @param {{it: Import, examples: Examples}} props */
function ByReason({ it, examples }) {
  const reasons = Object.entries(it.rejected_by_reason).sort((one, other) => other[1] - one[1]);
  return html`<div class="table grouped" role="region" aria-label=${t("imports.rejects.title")} tabindex="0">
    <table>
      <thead>
        <tr><th scope="col" class="number">${t("imports.rejects.line")}</th><th scope="col">${t("imports.rejects.row")}</th></tr>
      </thead>
      ${reasons.map(
        ([reason, count]) => html`<${Reason} key=${reason} reason=${reason} count=${count} rows=${examples.filter((row) => row.reason === reason)} />`,
      )}
    </table>
  </div>`;
}

/** @param {{reason: string, count: number, rows: Examples}} props */
function Reason({ reason, count, rows }) {
  const text = codeText("reject", reason);
  const more = count - rows.length;
  return html`<tbody>
    <tr class="reason">
      <th colspan="2" scope="rowgroup">${text.charAt(0).toUpperCase()}${text.slice(1)} <span class="quiet numbers">${t("imports.rejects.count", { count })}</span></th>
    </tr>
    ${rows.map(
      ({ line, row }) => html`<tr key=${line}>
        <td class="number" data-title=${t("imports.rejects.line")}>${number(line)}</td>
        <td class="main" data-title=${t("imports.rejects.row")}><code>${row}</code></td>
      </tr>`,
    )}
    ${rows.length > 0 && more > 0 && html`<tr><td /><td class="quiet">${t("imports.rejects.more", { count: more })}</td></tr>`}
  </tbody>`;
}
