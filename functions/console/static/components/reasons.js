/** Why messages did not arrive, as a table for the printed report: on the screen the filters say the same. */
import { number } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { reasonText } from "./story.js";

/** @param {{summary: import("hidra-api").RecipientsSummary}} props */
export function Reasons({ summary }) {
  const rows = summary.counts.filter((it) => it.error_code).sort((a, b) => b.recipients - a.recipients);
  if (!rows.length) return null;
  return html`<section class="printed">
    <h2>${t("campaign.reasons")}</h2>
    <table>
      <tbody>
        ${rows.map(
          (it) => html`<tr key=${`${it.status} ${it.error_code}`}>
            <td>${t(`status.recipient.${it.status}`)}</td>
            <td>${reasonText(it)}</td>
            <td class="number">${number(it.recipients)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
