/** The second card: the template, as one of the people will read it. */
import { html } from "../html.js";
import { codeText, t } from "../i18n.js";
import { exists } from "../pages.js";
import { href } from "../router.js";
import { Empty } from "./empty.js";
import { Notice } from "./notice.js";
import { Picker } from "./picker.js";
import { TemplateReadAs } from "./read_as.js";

const PEEK = 60;

/**
 * @param {object} props
 * @param {import("./draft.js").Values} props.values
 * @param {(template: import("hidra-api").Template) => void} props.choose
 * @param {import("hidra-api").Template[]} props.templates
 * @param {import("hidra-api").Contact[] | undefined} props.people
 */
export function Message({ values, choose, templates, people }) {
  if (!templates.length) {
    return html`<${Empty}
      icon="template"
      title=${t("wizard.message.empty")}
      action=${exists("/templates/new") && html`<a class="button" href=${href("/templates/new")}>${t("wizard.message.create")}</a>`}
    >
      ${t("wizard.message.empty_text")}
    <//>`;
  }
  const template = templates.find((each) => each.id === values.template_id);
  const options = templates.map(({ id, title, body }) => ({ value: id, text: title, detail: peek(body) }));
  return html`<div class="beside">
    <${Picker}
      label=${t("wizard.message.template")}
      options=${options}
      chosen=${[values.template_id]}
      onChange=${(/** @type {string[]} */ [id]) => choose(/** @type {any} */ (templates.find((each) => each.id === id)))}
    />
    ${template &&
    html`<div class="reads">
      <${TemplateReadAs} key=${template.id} template=${template} people=${people} title=${t("wizard.message.reads")} />
      ${template.warnings.map(({ code }) => html`<${Notice} key=${code}><p>${codeText("template", code)}</p><//>`)}
      ${exists(`/templates/${template.id}`) && html`<a href=${href(`/templates/${template.id}`)}>${t("wizard.message.edit")}</a>`}
    </div>`}
  </div>`;
}

/** @param {string} body */
const peek = (body) => (body.length > PEEK ? `${body.slice(0, PEEK).trimEnd()}…` : body);
