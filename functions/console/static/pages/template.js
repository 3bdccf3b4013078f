/** One template: its text on the left, and on the right as contacts will read it. */
import { call } from "../api.js";
import { confirm } from "../components/dialog.js";
import { Choice, Field } from "../components/field.js";
import { Menu } from "../components/menu.js";
import { Missing, isMissing } from "../components/missing.js";
import { Notice } from "../components/notice.js";
import { Page } from "../components/page.js";
import { Problem, problemText } from "../components/problem.js";
import { Reading } from "../components/reading.js";
import { ReadAs, limitOf, useReadings } from "../components/read_as.js";
import { useUnsaved } from "../components/unsaved.js";
import { VariableText } from "../components/variable_text.js";
import { number } from "../format.js";
import { html, useState } from "../html.js";
import { codeText, t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { href, navigate } from "../router.js";
import { toast } from "../state.js";

/** @typedef {import("hidra-api").Template} Template */
/** @typedef {{title: string, body: string, media_type: string, media_url: string, file_name: string}} Draft */

const MEDIA = ["none", "image", "document", "video", "audio"];
/** A placeholder that is being written. */
const TYPING = /\{\{[^{}\n]*$/m;
const READ = 20; // contacts that the API reads a text as

/** @param {{params: Record<string, string>}} props */
export default function OneTemplate({ params }) {
  const { id } = params;
  const back = { href: href("/templates"), text: t("templates.title") };
  const { data, failure, reload, replace } = usePolling(async () => (id ? await call("get_template", { template_id: id }) : null), { key: id });
  if (isMissing(failure)) return html`<${Missing} back=${back} />`;
  if (data === undefined) return html`<${Page} title=${t("templates.single")} back=${back}><${Reading} failure=${failure} reload=${reload} lines=${6} /><//>`;
  return html`<${Editor} key=${id ?? "new"} template=${data} back=${back} onSaved=${replace} />`;
}

/** @param {{template: Template | null, back: any, onSaved: (saved: Template) => void}} props */
function Editor({ template, back, onSaved }) {
  const [draft, setDraft] = useState(() => draftOf(template));
  const [failure, setFailure] = useState(/** @type {any} */ (undefined));
  const [saving, setSaving] = useState(false);
  const people = usePolling(() => call("list_contacts", { limit: READ })).data?.items;
  const readings = useReadings(draft.body, people);
  const names = ["nome", "telefone", ...different((people ?? []).flatMap((it) => Object.keys(it.attributes)))];
  const changed = JSON.stringify(draft) !== JSON.stringify(draftOf(template));
  useUnsaved(changed, template?.title ?? t("templates.new"));
  const media = draft.media_type !== "none";
  const limit = limitOf(media ? draft : null);
  const used = [...draft.body].length;

  const save = async () => {
    setSaving(true);
    try {
      const { variables } = await call("preview_text", {}, { body: draft.body });
      const body = { ...fieldsOf(draft), variables };
      if (template) onSaved(await call("change_template", { template_id: template.id }, body));
      else navigate(`/templates/${(await call("create_template", {}, body)).id}`);
      setFailure(undefined);
      toast(t("templates.saved", { name: draft.title }));
    } catch (problem) {
      setFailure(problem);
    }
    setSaving(false);
  };
  /** @param {keyof Draft} name */
  const set = (name) => (/** @type {any} */ event) => setDraft({ ...draft, [name]: event.target.value });
  /** @param {string} name */
  const wrong = (name) => {
    const message = failure?.of(name);
    return message && t("form.wrong", { message });
  };
  const ready = draft.title.trim() && (draft.body.trim() || media) && used <= limit && (!media || draft.media_url.trim());
  const action =
    template && !changed
      ? html`<a class="button primary" href=${href("/campaigns/new", { template: template.id })}>${t("templates.use")}</a>`
      : html`<button class="primary" disabled=${!ready || saving} aria-busy=${saving} onClick=${save}>${t("templates.save")}</button>`;
  const more = template && html`<${Menu} actions=${actions(template)} />`;
  return html`<${Page} title=${template?.title ?? t("templates.new")} back=${back} action=${action} more=${more}>
    <${Problem} failure=${failure} />
    <div class="editor">
      <div class="form">
        <${Field} label=${t("templates.name")} hint=${t("templates.name_hint")} error=${wrong("title")}>
          ${(/** @type {any} */ given) => html`<input ...${given} required maxlength="200" value=${draft.title} onInput=${set("title")} />`}
        <//>
        ${draft.media_type === "audio"
          ? html`<p class="hint">${t("templates.audio")}</p>`
          : html`<${VariableText}
              label=${t(media ? "templates.caption" : "templates.text")}
              error=${wrong("body") ?? wrong("variables")}
              value=${draft.body}
              names=${names}
              onChange=${(/** @type {string} */ body) => setDraft({ ...draft, body })}
              hint=${t("templates.count", { used: number(used), limit: number(limit) })}
              over=${used > limit}
            />`}
        ${!TYPING.test(draft.body) &&
        readings.warnings.map((warning) => html`<${Notice} key=${warning.code}><p>${codeText("template", warning.code)} <${Found} code=${warning.code} body=${draft.body} /></p><//>`)}
        <${Choice}
          label=${t("templates.media")}
          value=${draft.media_type}
          options=${MEDIA.map((value) => ({ value, text: value === "none" ? t("templates.no_media") : t(`bubble.${value}`) }))}
          onChange=${(/** @type {string} */ media_type) => setDraft({ ...draft, media_type, ...(media_type === "audio" ? { body: "" } : {}) })}
        />
        ${media &&
        html`<${Field} label=${t("templates.url")} hint=${t("templates.url_hint")} error=${wrong("media_url") ?? wrong("media_type")}>
          ${(/** @type {any} */ given) => html`<input ...${given} type="url" required maxlength="2048" placeholder="https://…" value=${draft.media_url} onInput=${set("media_url")} />`}
        <//>`}
        ${draft.media_type === "document" &&
        html`<${Field} label=${t("templates.file_name")} hint=${t("templates.file_name_hint")} error=${wrong("file_name")}>
          ${(/** @type {any} */ given) => html`<input ...${given} maxlength="240" value=${draft.file_name} onInput=${set("file_name")} />`}
        <//>`}
      </div>
      <${ReadAs}
        readings=${readings}
        body=${draft.body}
        media=${media ? { media_type: draft.media_type, file_name: draft.media_type === "document" ? draft.file_name || null : null } : null}
      />
    </div>
  <//>`;
}

/** Names without those that mean the same attribute: case and accents do not count. @param {string[]} names */
function different(names) {
  const folded = (/** @type {string} */ name) => name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[\s_-]+/g, "_");
  return [...new Map([...names].reverse().map((name) => [folded(name), name])).values()].reverse();
}

/** What a warning is about. @param {{code: string, body: string}} props */
function Found({ code, body }) {
  const rest = body.replace(/\{\{[^{}]*\}\}/g, "…");
  const found = [...new Set(rest.match(code === "single-braces" ? /\{[^{}]*\}|[{}]/g : /[[<%#|$]+[\p{L}\p{N} _-]+[\]>%#|$]+/gu) ?? [])];
  return found.slice(0, 5).map((each) => html`<code class="found" key=${each}>${each}</code> `);
}

/** @param {Template | null} template @returns {Draft} */
function draftOf(template) {
  return {
    title: template?.title ?? "",
    body: template?.body ?? "",
    media_type: template?.media_type ?? "none",
    media_url: template?.media_url ?? "",
    file_name: template?.file_name ?? "",
  };
}

/** @param {Draft} draft */
function fieldsOf({ title, body, media_type, media_url, file_name }) {
  const none = media_type === "none";
  return {
    title: title.trim(),
    body,
    media_type: none ? null : /** @type {any} */ (media_type),
    media_url: none ? null : media_url.trim(),
    file_name: media_type === "document" && file_name.trim() ? file_name.trim() : null,
  };
}

/** @param {Template} template */
function actions(template) {
  return [{ text: t("templates.delete.action"), act: () => remove(template), danger: true }];
}

/** @param {Template} template */
async function remove(template) {
  const sure = await confirm({
    title: t("templates.delete.title", { name: template.title }),
    body: html`<p>${t("templates.delete.text")}</p>`,
    action: t("templates.delete.confirm", { name: template.title }),
    danger: true,
  });
  if (!sure) return;
  try {
    await call("delete_template", { template_id: template.id });
    toast(t("templates.delete.done", { name: template.title }));
    navigate("/templates");
  } catch (/** @type {any} */ failure) {
    const campaigns = (failure.problem.campaigns ?? []).map((/** @type {any} */ it) => it.name).join(", ");
    toast([problemText(failure), campaigns].filter(Boolean).join(" "));
  }
}
