/** A new import: the file as it will be read, where the contacts go, and why they may be written to. */
import { call, upload } from "../api.js";
import { Bar } from "../components/bar.js";
import { Drop } from "../components/drop.js";
import { ImportColumns } from "../components/import_columns.js";
import { ImportOptions } from "../components/import_options.js";
import { size } from "../components/import_words.js";
import { Notice } from "../components/notice.js";
import { Page } from "../components/page.js";
import { Problem } from "../components/problem.js";
import { Choice } from "../components/field.js";
import { useUnsaved } from "../components/unsaved.js";
import { beginning, formatOf } from "../file.js";
import { number } from "../format.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { href, navigate } from "../router.js";

/**
 * @typedef {object} Options what the person has chosen
 * @property {"new" | "existing" | "none"} into
 * @property {string} segment_name
 * @property {string} segment_id
 * @property {string} basis
 * @property {string} consent_source
 * @property {boolean} old_numbers
 * @property {string} encoding
 */

/** @type {Options} */
const NOTHING = { into: "new", segment_name: "", segment_id: "", basis: "", consent_source: "", old_numbers: false, encoding: "detect" };

/** @param {{query: Record<string, string>}} props `segment`: the segment that the contacts go to */
export default function NewImport({ query }) {
  const [source, setSource] = useState(/** @type {"file" | "evolution"} */ ("file"));
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [mapping, setMapping] = useState(/** @type {Record<string, string | null>} */ ({}));
  const [options, setOptions] = useState({ ...NOTHING, ...(query.segment ? { into: /** @type {const} */ ("existing"), segment_id: query.segment } : {}) });
  const [sent, setSent] = useState(/** @type {number | null} */ (null));
  const [failure, setFailure] = useState(/** @type {any} */ (undefined));
  const read = usePreview(file, mapping, options);
  useUnsaved(file !== null, file?.name ?? "");

  /** @param {File} chosen */
  const choose = (chosen) => {
    setFile(chosen);
    setMapping({});
    setFailure(undefined);
    // The name is the file's until the person types one.
    if ([proposed(file), ""].includes(options.segment_name)) setOptions({ ...options, segment_name: proposed(chosen) });
  };
  const start = async () => {
    setSent(0);
    setFailure(undefined);
    let made;
    try {
      made = await call("create_import", {}, request(source, file, mapping, options));
      if (made.upload && file) await upload(made.upload, file, setSent);
      navigate(`/imports/${made.contact_import.id}`);
    } catch (problem) {
      setFailure(problem);
      setSent(null);
      // Without its file it would wait for two hours.
      if (made) call("cancel_import", { import_id: made.contact_import.id }).catch(() => undefined);
    }
  };
  const ready = source === "evolution" || Boolean(file && !read.data?.failure_code && !read.reading);
  const named = options.into === "none" || (options.into === "new" ? options.segment_name.trim() : options.segment_id);
  const action = html`<button class="primary" disabled=${!ready || !named || sent !== null} aria-busy=${sent !== null} onClick=${start}>
    ${t("imports.new.start")}
  </button>`;
  const back = { href: href("/imports"), text: t("imports.title") };
  if (sent !== null && file) return html`<${Page} title=${t("imports.new.title")} back=${back}><${Sending} file=${file} share=${sent} /><//>`;
  return html`<${Page} title=${t("imports.new.title")} back=${back} action=${action} wide=${Boolean(file)}>
    <${Problem} failure=${failure} />
    <${Choice}
      label=${t("imports.new.source")}
      value=${source}
      options=${[
        { value: "file", text: t("imports.from_file") },
        { value: "evolution", text: t("imports.from_whatsapp") },
      ]}
      onChange=${setSource}
    />
    ${source === "file" && html`<${Drop} file=${file} onFile=${choose} />`}
    ${source === "file" && file && html`<${Preview} file=${file} read=${read} mapping=${mapping} onMapping=${setMapping} />`}
    ${source === "evolution" && html`<${Notice}><p>${t("imports.new.whatsapp")}</p><p>${t("imports.new.whatsapp_check")}</p><//>`}
    ${(source === "evolution" || file) &&
    html`<${ImportOptions} options=${options} onChange=${setOptions} ofFile=${source === "file"} ofText=${file ? formatOf(file) !== "xlsx" : false} />`}
  <//>`;
}

/** The name of a segment of this file's contacts. @param {File | null} file */
const proposed = (file) => (file?.name ?? "").replace(/\.\w{1,6}$/, "").slice(0, 200);

/** @typedef {{data?: import("hidra-api").ImportPreview, failure?: any, reading: boolean, unseen: boolean, whole: boolean}} Read */

/**
 * How the file would be read, asked for again after each change.
 *
 * @param {File | null} file
 * @param {Record<string, string | null>} mapping
 * @param {Options} options
 * @returns {Read}
 */
function usePreview(file, mapping, options) {
  const [state, setState] = useState(/** @type {Read} */ ({ reading: false, unseen: false, whole: false }));
  const turn = useRef(0);
  const asked = JSON.stringify([mapping, options.basis, options.old_numbers, options.encoding]);
  useEffect(() => {
    const mine = ++turn.current;
    if (!file) return;
    setState((before) => ({ ...before, reading: true }));
    const run = async () => {
      const begun = await beginning(file);
      if (!begun) return { unseen: true, whole: false };
      return { data: await call("preview_import", {}, { ...described(file, mapping, options), ...begun }), unseen: false, whole: begun.whole };
    };
    run().then(
      (found) => mine === turn.current && setState({ ...found, reading: false }),
      (failure) => mine === turn.current && setState({ failure, reading: false, unseen: false, whole: false }),
    );
  }, [file, asked]);
  return state;
}

/** @param {{file: File, read: Read, mapping: Record<string, string | null>, onMapping: (mapping: Record<string, string | null>) => void}} props */
function Preview({ file, read, mapping, onMapping }) {
  if (read.unseen) return html`<${Notice} tone="blue" icon="info"><p>${t("imports.new.unseen", { size: size(file.size) })}</p><//>`;
  if (read.failure) return html`<${Problem} failure=${read.failure} quiet />`;
  return html`<${ImportColumns} found=${read.data} whole=${read.whole} busy=${read.reading} mapping=${mapping} onMapping=${onMapping} />`;
}

/** @param {{file: File, share: number}} props */
function Sending({ file, share }) {
  const text = number(share, { style: "percent", maximumFractionDigits: 0 });
  return html`<section>
    <p class="lead" role="status">${t("imports.new.sending", { name: file.name, share: text })}</p>
    <${Bar} total=${1} parts=${[{ tone: "teal", count: share, text }]} />
  </section>`;
}

/** How the file is written. @param {File} file @param {Record<string, string | null>} mapping @param {Options} options */
function described(file, mapping, options) {
  const format = formatOf(file);
  return {
    format,
    mapping,
    old_numbers: options.old_numbers,
    ...(format === "xlsx" ? {} : { encoding: /** @type {any} */ (options.encoding) }),
    ...consent(options),
  };
}

/** @param {Options} options */
function consent({ basis, consent_source }) {
  if (!basis) return {};
  return { consent: { basis: /** @type {any} */ (basis), ...(consent_source.trim() ? { source: consent_source.trim() } : {}) } };
}

/**
 * @param {"file" | "evolution"} source
 * @param {File | null} file
 * @param {Record<string, string | null>} mapping
 * @param {Options} options
 */
function request(source, file, mapping, options) {
  const segment = { new: { segment_name: options.segment_name.trim() }, existing: { segment_id: options.segment_id }, none: {} }[options.into];
  return { source, ...segment, ...(source === "file" && file ? described(file, mapping, options) : consent(options)) };
}
