/** Add the contacts of other segments to a segment, or remove them from it. */
import { call } from "../api.js";
import { html, useState } from "../html.js";
import { number } from "../format.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { toast } from "../state.js";
import { confirm } from "./dialog.js";
import { Problem } from "./problem.js";
import { Reading } from "./reading.js";
import { useUnsaved } from "./unsaved.js";

/** @param {{way: "merge" | "subtract", segment: import("hidra-api").Segment, onChange: () => Promise<void>, onClose: () => void}} props */
export function SegmentOthers({ way, segment, onChange, onClose }) {
  const { data, failure, reload } = usePolling(() => call("list_segments", { limit: 200 }));
  const [chosen, setChosen] = useState(/** @type {string[]} */ ([]));
  const [wrong, setWrong] = useState(/** @type {any} */ (undefined));
  const [working, setWorking] = useState(false);
  useUnsaved(chosen.length > 0, t(`segments.way.${way}`));
  const others = data?.items.filter((it) => it.id !== segment.id) ?? [];
  const run = async () => {
    const names = others.filter((it) => chosen.includes(it.id)).map((it) => it.name).join(", ");
    if (way === "subtract" && !(await sure(segment.name, names))) return;
    setWorking(true);
    try {
      const changed = await all(way, segment.id, chosen);
      toast(t(`segments.others.${way}_done`, { count: changed, name: segment.name }));
      await onChange();
      onClose();
    } catch (problem) {
      setWrong(problem);
      setWorking(false);
    }
  };
  if (!data) return html`<${Reading} failure=${failure} reload=${reload} />`;
  return html`<section class="form wide">
    <h2>${t(`segments.way.${way}`)}</h2>
    <p class="quiet">${t(others.length ? `segments.others.${way}` : "segments.others.nothing")}</p>
    <${Problem} failure=${wrong} />
    <div class="options">
      ${others.map(
        (it) => html`<label class="check" key=${it.id}>
          <input
            type="checkbox"
            checked=${chosen.includes(it.id)}
            onChange=${(/** @type {any} */ event) => setChosen(event.target.checked ? [...chosen, it.id] : chosen.filter((id) => id !== it.id))}
          />
          <span>${it.name} <span class="quiet numbers">${number(it.total_contacts)}</span></span>
        </label>`,
      )}
    </div>
    <div class="buttons">
      <button onClick=${onClose}>${t("common.cancel")}</button>
      <button class="primary" disabled=${!chosen.length || working} aria-busy=${working} onClick=${run}>${t(`segments.others.${way}_action`)}</button>
    </div>
  </section>`;
}

/** @param {string} name @param {string} names */
const sure = (name, names) =>
  confirm({
    title: t("segments.others.sure", { name }),
    body: html`<p>${t("segments.others.sure_text", { names })}</p>`,
    action: t("segments.others.subtract_action"),
    danger: true,
  });

/** Slice by slice, until all is done. @param {"merge" | "subtract"} way @param {string} segment_id @param {string[]} segment_ids */
async function all(way, segment_id, segment_ids) {
  let changed = 0;
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {import("hidra-api").OtherSegments} */
    const body = { segment_ids, ...(cursor ? { cursor } : {}) };
    /** @type {{added: number, next_cursor: string | null} | {removed: number, next_cursor: string | null}} */
    const done = way === "merge" ? await call("merge", { segment_id }, body) : await call("subtract", { segment_id }, body);
    changed += "added" in done ? done.added : done.removed;
    cursor = done.next_cursor;
  } while (cursor);
  return changed;
}
