/** The message as people of the segment will read it, one after the other. */
import { call } from "../api.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { Bubble } from "./bubble.js";
import { Icon } from "./icon.js";
import { problemText } from "./problem.js";
import { Skeleton } from "./skeleton.js";

/** @typedef {import("hidra-api").Contact} Contact */
/** @typedef {import("hidra-api").Template} Template */
/** @typedef {{text?: string, missing: string[], failure?: import("../api.js").Failure}} Reading */

const PEOPLE = 5;

/** The first people of a segment; undefined while they are being read. @param {string} segment_id */
export function usePeople(segment_id) {
  const [found, setFound] = useState(/** @type {{of: string, people: Contact[]} | undefined} */ (undefined));
  useEffect(() => {
    let here = true;
    if (!segment_id) return;
    call("list_members", { segment_id, limit: PEOPLE }).then(
      (page) => here && setFound({ of: segment_id, people: page.items }),
      () => here && setFound({ of: segment_id, people: [] }),
    );
    return () => {
      here = false;
    };
  }, [segment_id]);
  return found?.of === segment_id ? found.people : undefined;
}

/**
 * The text for one person, or the values that are missing.
 *
 * @param {Template} template
 * @param {Contact} person
 * @returns {Promise<Reading>}
 */
export async function read(template, person) {
  try {
    const { text } = await call("preview_template", { template_id: template.id }, { contact_id: person.id });
    return { text, missing: [] };
  } catch (/** @type {any} */ failure) {
    if (failure.code !== "unresolved-variables") return { missing: [], failure };
    const fields = failure.problem.errors ?? [];
    return { missing: fields.map((/** @type {any} */ it) => it.field.replace(/^variables\./, "")) };
  }
}

/** @param {Contact} person */
export const nameOf = (person) => person.name || person.phone;

/**
 * @param {object} props
 * @param {Template} props.template
 * @param {Contact[] | undefined} props.people
 * @param {string} [props.title]
 */
export function PeopleBubble({ template, people, title }) {
  const [index, setIndex] = useState(0);
  const [reading, setReading] = useState(/** @type {(Reading & {of: string}) | undefined} */ (undefined));
  const kept = useRef(/** @type {Map<string, Reading>} */ (new Map()));
  const person = people?.[Math.min(index, people.length - 1)];
  const key = person ? `${template.id} ${template.body} ${person.id}` : "";
  useEffect(() => {
    if (!person) return;
    let here = true;
    const known = kept.current.get(key);
    if (known) setReading({ ...known, of: key });
    else
      read(template, person).then((found) => {
        kept.current.set(key, found);
        if (here) setReading({ ...found, of: key });
      });
    return () => {
      here = false;
    };
  }, [key]);
  if (!people) return html`<${Skeleton} lines=${2} />`;
  if (!person) {
    return html`<figure class="phone"><${Bubble} text=${template.body} media=${template} /><figcaption>${t("wizard.sample.raw")}</figcaption></figure>`;
  }
  const shown = reading?.of === key ? reading : undefined;
  /** @param {number} step */
  const go = (step) => setIndex((index + step + people.length) % people.length);
  return html`<figure class="phone" aria-busy=${!shown}>
    ${title && html`<h3>${title}</h3>`}
    ${shown?.text !== undefined && html`<${Bubble} text=${shown.text} media=${template} />`}
    ${shown && shown.missing.length > 0 &&
    html`<${Bubble} text=${template.body} media=${template} />
      <p class="missing"><${Icon} name="alert" size=${16} />${t("wizard.sample.missing", { name: nameOf(person), names: shown.missing.join(", ") })}</p>`}
    ${shown?.failure && html`<p class="error">${problemText(shown.failure)}</p>`}
    <figcaption>
      ${people.length > 1 && html`<button class="plain" aria-label=${t("wizard.sample.previous")} onClick=${() => go(-1)}><${Icon} name="back" size=${16} /></button>`}
      <span aria-live="polite">${t("wizard.sample.of", { name: nameOf(person) })}</span>
      ${people.length > 1 && html`<button class="plain" aria-label=${t("wizard.sample.next")} onClick=${() => go(1)}><${Icon} name="next" size=${16} /></button>`}
    </figcaption>
  </figure>`;
}
