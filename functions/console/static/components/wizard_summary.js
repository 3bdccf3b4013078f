/** What a campaign amounts to, always in sight: beside the cards, or as a bar below them. */
import { when } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { problemText } from "./problem.js";

/** In the order of the cards. */
const NEEDED = ["segment_id", "template_id", "name"];

/**
 * @param {object} props
 * @param {import("./draft.js").Draft} props.draft
 * @param {Set<string>} props.wrong
 * @param {import("./forecast.js").Expected} props.expected
 * @param {string} [props.segment] its name
 * @param {string} [props.template] its title
 */
export function Summary({ draft, wrong, expected, segment, template }) {
  const line = summaryLine(expected);
  return html`<aside class="summary" aria-label=${t("wizard.summary.title")}>
    <p class="line numbers">${line || t("wizard.summary.nothing")}</p>
    <dl>
      ${segment && html`<div><dt>${t("wizard.step.audience")}</dt><dd>${segment}</dd></div>`}
      ${template && html`<div><dt>${t("wizard.step.message")}</dt><dd>${template}</dd></div>`}
      ${expected.people !== null &&
      html`<div><dt>${t("wizard.step.time")}</dt><dd>${t("wizard.summary.pace", { pace: draft.values.max_messages_per_minute || 0 })}</dd></div>`}
    </dl>
    <p class=${draft.failure ? "saved error" : "saved quiet"} role="status">${savedText(draft, wrong)}</p>
  </aside>`;
}

/** "1.180 pessoas · começa agora · termina qua 11:20". @param {import("./forecast.js").Expected} expected */
export function summaryLine(expected) {
  if (expected.people === null) return "";
  const parts = [
    t(expected.exact ? "wizard.people" : "wizard.people_at_most", { count: expected.people }),
    expected.at && !Number.isNaN(expected.at.getTime()) ? t("wizard.starts", { time: when(expected.at) }) : t("wizard.starts_now"),
    expected.end ? t("wizard.ends", { time: when(expected.end) }) : expected.end === null && t("wizard.ends_late"),
  ];
  return parts.filter(Boolean).join(" · ");
}

/** @param {import("./draft.js").Draft} draft @param {Set<string>} wrong */
function savedText({ campaign, dirty, failure }, wrong) {
  if (failure) return t("wizard.saved.failed", { reason: problemText(failure) });
  const missing = NEEDED.filter((field) => wrong.has(field)).map((field) => t(`wizard.missing.${field}`));
  if (missing.length) return t("wizard.saved.missing", { names: missing.join(", ") });
  if (wrong.size) return t("wizard.saved.wrong");
  if (campaign?.status === "scheduled") return t(dirty ? "wizard.saved.not_yet" : "wizard.saved.scheduled");
  return t(dirty ? "wizard.saved.now" : "wizard.saved.draft");
}
