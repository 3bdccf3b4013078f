/** The first rows of a file as an import will read them, with a menu over each column. */
import { html, useId, useState } from "../html.js";
import { number, phoneText } from "../format.js";
import { codeText, has, t } from "../i18n.js";
import { Icon } from "./icon.js";
import { Notice } from "./notice.js";
import { Skeleton } from "./skeleton.js";

/** @typedef {import("hidra-api").ImportPreview} ImportPreview */
/** @typedef {import("hidra-api").ImportColumn} ImportColumn */
/** @typedef {import("hidra-api").ImportPreviewRow} Row */
/** @typedef {Record<string, string | null>} Mapping */

const ROLES = ["phone", "phone.area_code", "phone.country_code", "name", "consent.basis", "consent.source", "consent.at"];
const LONGEST = 64; // characters of an attribute's name

/** @param {{found: ImportPreview | undefined, whole: boolean, busy: boolean, mapping: Mapping, onMapping: (mapping: Mapping) => void}} props */
export function ImportColumns({ found, whole, busy, mapping, onMapping }) {
  if (!found) return html`<${Skeleton} lines=${10} />`;
  return html`<section>
    <p class="lead" role="status">${sentence(found)}</p>
    ${found.failure_code && html`<${Failed} found=${found} />`}
    ${!whole && !found.failure_code && html`<p class="quiet">${t("imports.preview.begun")}</p>`}
    ${found.rejects.length > 0 &&
    html`<ul class="legend">
      ${Object.entries(found.rejected_by_reason).map(
        ([reason, count]) => html`<li key=${reason}><span class="dot red" />${t("imports.preview.because", { count: number(count), reason: codeText("reject", reason) })}</li>`,
      )}
    </ul>`}
    ${found.warnings.map((warning) => html`<${Notice} key=${warning.code}><p>${codeText("file", warning.code)}</p><p class="quiet" lang="en">${warning.message}</p><//>`)}
    ${found.columns.length > 0 && html`<p class="quiet">${t("imports.preview.map")}</p>`}
    ${found.rows.length > 0 && html`<${Rows} found=${found} rows=${shown(found)} busy=${busy} mapping=${mapping} onMapping=${onMapping} />`}
    ${written(found)}
  </section>`;
}

/** The first ten rows; at the end of them a few that would be rejected, if these ten have none. @param {ImportPreview} found */
function shown({ rows, rejects }) {
  if (rows.some((row) => row.reject_reason)) return rows;
  return [...rows.slice(0, 10 - Math.min(3, rejects.length)), ...rejects.slice(0, 3)];
}

/** @param {ImportPreview} found */
function sentence({ failure_code, rows_read, rejected_by_reason }) {
  if (failure_code) return t("imports.preview.failed");
  const rejected = Object.values(rejected_by_reason).reduce((sum, count) => sum + count, 0);
  if (!rejected) return t("imports.preview.all", { count: rows_read });
  return t("imports.preview.some", {
    count: rows_read,
    good: t("imports.preview.good", { count: rows_read - rejected }),
    bad: t("imports.preview.bad", { count: rejected }),
  });
}

/** @param {{found: ImportPreview}} props */
function Failed({ found }) {
  return html`<${Notice} tone="red">
    <p>${codeText("import", found.failure_code ?? "")}</p>
    <p class="quiet" lang="en">${found.failure_reason}</p>
  <//>`;
}

/** @param {ImportPreview} found */
function written({ encoding, delimiter }) {
  if (!encoding) return null;
  const sign = delimiter === "\t" ? t("imports.preview.tab") : delimiter;
  const letters = has(`imports.encoding.${encoding}`) ? t(`imports.encoding.${encoding}`) : encoding;
  return html`<p class="quiet">${sign ? t("imports.preview.written", { encoding: letters, delimiter: sign }) : t("imports.preview.encoded", { encoding: letters })}</p>`;
}

/** @param {{found: ImportPreview, rows: Row[], busy: boolean, mapping: Mapping, onMapping: (mapping: Mapping) => void}} props */
function Rows({ found, rows, busy, mapping, onMapping }) {
  const columns = found.columns;
  const names = columns.length ? [] : [...new Set(rows.flatMap((row) => Object.keys(row.attributes)))];
  return html`<div class="table preview-rows" role="region" aria-label=${t("imports.preview.label")} tabindex="0" aria-busy=${busy}>
    <table>
      <thead>
        <tr>
          <th scope="col">${t("imports.preview.as_read")}</th>
          ${columns.map((column, at) => html`<${Head} key=${at} column=${column} twice=${twice(columns, at)} failed=${Boolean(found.failure_code)} mapping=${mapping} onMapping=${onMapping} />`)}
          ${names.map((name) => html`<th scope="col" key=${name}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr key=${row.line} class=${row.reject_reason ? "rejected" : ""}>
            <td><${AsRead} row=${row} /></td>
            ${columns.map((column, at) => html`<td key=${at} class=${column.role || found.failure_code ? "" : "left-out"}>${row.cells[at] ?? ""}</td>`)}
            ${names.map((name) => html`<td key=${name}>${String(row.attributes[name] ?? "")}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** @param {{row: Row}} props */
function AsRead({ row }) {
  if (row.reject_reason) {
    return html`<span class="refused"><${Icon} name="alert" size=${16} /><span>${t("imports.preview.line", { line: row.line })} ${codeText("reject", row.reject_reason)}</span></span>`;
  }
  if (!row.phone) return html`<span class="quiet">${t("imports.preview.line", { line: row.line })}</span>`;
  const consent = row.consent && t(`imports.basis.${row.consent.basis}`);
  return html`<b class="numbers">${phoneText(row.phone)}</b>${row.name && html`<br />${row.name}`}${consent && html`<br /><span class="quiet">${consent}</span>`}`;
}

/** What the person has chosen for a column; "?" if nothing yet. @param {Mapping} mapping @param {string} name */
function asked(mapping, name) {
  const chosen = mapping[name];
  if (chosen === undefined) return "?";
  return chosen === null ? "" : ROLES.includes(chosen) ? chosen : "attribute";
}

/** Whether a column before it has the same name, so that one menu is for both. @param {ImportColumn[]} columns @param {number} at */
const twice = (columns, at) => columns.findIndex((column) => column.name === columns[at].name) < at;

/** @param {{column: ImportColumn, twice: boolean, failed: boolean, mapping: Mapping, onMapping: (mapping: Mapping) => void}} props */
function Head({ column, twice, failed, mapping, onMapping }) {
  const id = useId();
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const { name, role } = column;
  if (!name || name.length > 200) return html`<th scope="col"><span class="quiet">${t("imports.preview.unnamed")}</span></th>`;
  // What was chosen stays in sight, and what is being typed too, while the answer to an earlier change comes.
  const chosen = asked(mapping, name);
  const into = chosen === "?" && !failed ? (role ?? "") : chosen;
  const attribute = chosen === "attribute" ? mapping[name] : column.attribute;
  /** @param {string} wanted */
  const choose = (wanted) => {
    const value = wanted === "" ? null : wanted === "attribute" ? name.slice(0, LONGEST).trim() : wanted;
    onMapping({ ...mapping, [name]: value });
  };
  const rename = () => {
    const wanted = typed?.trim();
    if (wanted && wanted !== attribute) onMapping({ ...mapping, [name]: wanted });
    setTyped(null);
  };
  return html`<th scope="col">
    <label for=${id}>${name}</label>
    <select id=${id} value=${into} disabled=${twice} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
      ${failed && html`<option value="?" disabled>${t("imports.into.choose")}</option>`}
      ${ROLES.map((each) => html`<option key=${each} value=${each}>${t(`imports.role.${each.replace(".", "_")}`)}</option>`)}
      <option value="attribute">${t("imports.role.attribute")}</option>
      <option value="">${t("imports.role.none")}</option>
    </select>
    ${into === "attribute" &&
    !twice &&
    html`<input
      value=${typed ?? attribute}
      maxlength=${LONGEST}
      aria-label=${t("imports.preview.attribute", { name })}
      onInput=${(/** @type {any} */ event) => setTyped(event.target.value)}
      onChange=${rename}
    />`}
  </th>`;
}
