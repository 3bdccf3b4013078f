/** A list with its columns, and the way to its next page. On a narrow screen each row is a card. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { href, route } from "../router.js";
import { Icon } from "./icon.js";
import { Reading } from "./reading.js";

/**
 * @template T
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: T) => any} cell
 * @property {boolean} [number] aligned to the right, in figures of one width
 * @property {boolean} [main] the cell that names the row
 * @property {boolean} [long] a text of several lines
 * @property {boolean} [does] the cell with what can be done; its title is for screen readers
 */

/**
 * @param {object} props
 * @param {string} props.label what the list is, for screen readers
 * @param {Column<any>[]} props.columns
 * @param {any[] | undefined} props.rows undefined while they are being read
 * @param {(row: any) => string} [props.id] the row's key; `id` by default
 * @param {import("../api.js").Failure} [props.failure]
 * @param {() => void} [props.reload]
 * @param {any} [props.empty] what stands there without rows
 * @param {string | null} [props.next] the cursor of the next page
 */
export function Table({ label, columns, rows, id = (row) => row.id, failure, reload, empty, next }) {
  if (!rows) return html`<${Reading} failure=${failure} reload=${reload} lines=${8} />`;
  if (!rows.length && !route.value.query.cursor && empty) return empty;
  return html`
    <div class="table" role="region" aria-label=${label} tabindex="0">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th key=${column.title} scope="col" class=${kind(column)}>${column.does ? html`<span class="sr">${column.title}</span>` : column.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`<tr key=${id(row)}>
              ${columns.map(
                (column) =>
                  html`<td key=${column.title} class=${kind(column)} data-title=${column.title}>${column.cell(row)}</td>`,
              )}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <${Pager} next=${next ?? null} />
  `;
}

/** @param {{next: string | null}} props */
export function Pager({ next }) {
  const { path, query } = route.value;
  if (!next && !query.cursor) return null;
  return html`<nav class="pager" aria-label=${t("table.pages")}>
    ${query.cursor && html`<a class="button" href=${href(path, { ...query, cursor: null })}>${t("table.first")}</a>`}
    ${next && html`<a class="button" href=${href(path, { ...query, cursor: next })}>${t("table.next")}<${Icon} name="next" size=${16} /></a>`}
  </nav>`;
}

/** @param {Column<any>} column */
const kind = (column) => [column.number && "number", column.main && "main", column.long && "long", column.does && "does"].filter(Boolean).join(" ");
