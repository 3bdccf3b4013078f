/** Where a file is dropped or chosen. */
import { html, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";
import { size } from "./import_words.js";

/** @param {{file: File | null, onFile: (file: File) => void}} props */
export function Drop({ file, onFile }) {
  const [over, setOver] = useState(false);
  const [touch] = useState(() => matchMedia("(hover: none)").matches); // nothing can be dropped there
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  /** @param {any} event */
  const dropped = (event) => {
    event.preventDefault();
    setOver(false);
    const [found] = event.dataTransfer?.files ?? [];
    if (found) onFile(found);
  };
  /** @param {any} event */
  const dragged = (event) => {
    event.preventDefault();
    setOver(event.type === "dragover");
  };
  return html`<div class=${`drop${over ? " over" : ""}${file ? " full" : ""}`} onDragOver=${dragged} onDragLeave=${dragged} onDrop=${dropped}>
    <${Icon} name="import" size=${24} />
    ${file
      ? html`<p><b>${file.name}</b> <span class="quiet">${size(file.size)}</span></p>`
      : html`<p><b>${t(touch ? "imports.drop.title_touch" : "imports.drop.title")}</b></p><p class="quiet">${t("imports.drop.text")}</p>`}
    <button type="button" onClick=${() => input.current?.click()}>${t(file ? "imports.drop.other" : "imports.drop.choose")}</button>
    <input
      ref=${input}
      hidden
      type="file"
      accept=".csv,.txt,.tsv,.xlsx,.jsonl,.ndjson,text/csv"
      onChange=${(/** @type {any} */ event) => event.target.files?.[0] && onFile(event.target.files[0])}
    />
  </div>`;
}
