/** An import in words. */
import { duration, number } from "../format.js";
import { t } from "../i18n.js";

/** @typedef {import("hidra-api").Import} Import */

/** @param {Import} it */
export const importName = (it) => it.segment_name ?? t(it.source === "evolution" ? "imports.from_whatsapp" : "imports.from_file");

/** What the import does or has done, and what happens next. @param {Import} it */
export function importSentence(it) {
  const counts = {
    count: it.rows_read,
    created: t("imports.sentence.created", { count: it.created }),
    updated: t("imports.part.updated", { count: it.updated }),
    unchanged: t("imports.part.unchanged", { count: it.unchanged }),
  };
  if (it.status === "waiting") return t(it.source === "evolution" ? "imports.sentence.fetching" : "imports.sentence.waiting");
  if (it.status === "running") {
    if (!it.rows_read) return t("imports.sentence.starting");
    if (it.remaining_seconds === null) return t("imports.sentence.running", { count: it.rows_read });
    return t("imports.sentence.remaining", { count: it.rows_read, left: duration(it.remaining_seconds) });
  }
  const done = t(it.rows_read ? "imports.sentence.counts" : "imports.sentence.nothing", counts);
  const rejected = it.rejected ? t("imports.sentence.rejected", { count: it.rejected }) : "";
  const begun = { completed: "", failed: t("imports.sentence.failed"), canceled: t("imports.sentence.canceled") }[it.status] ?? "";
  return [begun, done, rejected].filter(Boolean).join(" ");
}

/** @param {number} bytes */
export function size(bytes) {
  const unit = bytes < 1e6 ? { unit: "kilobyte", by: 1e3 } : bytes < 1e9 ? { unit: "megabyte", by: 1e6 } : { unit: "gigabyte", by: 1e9 };
  const value = Math.max(bytes / unit.by, 0.1);
  return number(value, { style: "unit", unit: unit.unit, maximumFractionDigits: value < 10 ? 1 : 0 });
}
