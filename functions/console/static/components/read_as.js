/** A text as real contacts will read it: five of them, those first for which it turns out worst. */
import { call } from "../api.js";
import { nameOf } from "../format.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { Bubble } from "./bubble.js";
import { Icon } from "./icon.js";
import { Problem } from "./problem.js";

/** @typedef {import("hidra-api").Contact} Contact */
/** @typedef {{contact: Contact, text: string, missing: string[]}} ReadText */
/**
 * @typedef {object} Readings
 * @property {ReadText[] | undefined} texts the worst first; undefined while they are being read
 * @property {import("hidra-api").TemplateWarning[]} warnings
 * @property {import("../api.js").Failure} [failure]
 */

const SHOWN = 5;
const PAUSE = 250; // ms without a key
const LIMITS = { text: 4096, caption: 1024 }; // code points

/** How many characters a text may have. @param {{media_type: string | null} | null} media */
export const limitOf = (media) => (media?.media_type ? LIMITS.caption : LIMITS.text);

/** The text as each of these contacts reads it, in their order. @param {string} body @param {Contact[]} people */
export async function readAs(body, people) {
  const { texts, warnings } = await call("preview_text", {}, { body, contact_ids: people.map((it) => it.id) });
  return { texts: texts.map(({ text, missing }, at) => ({ contact: people[at], text, missing })), warnings };
}

/** @param {string} body @param {Contact[] | undefined} people up to 20 @param {(texts: ReadText[]) => ReadText[]} [order] @returns {Readings} */
export function useReadings(body, people, order = worst) {
  const [found, setFound] = useState(/** @type {Readings} */ ({ texts: undefined, warnings: [] }));
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    if (!people) return;
    const timer = setTimeout(async () => {
      try {
        const read = await readAs(body, people);
        if (mine === turn.current) setFound({ texts: order(read.texts), warnings: read.warnings });
      } catch (/** @type {any} */ failure) {
        if (mine === turn.current) setFound((before) => ({ ...before, failure }));
      }
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [body, people?.map((it) => it.id).join()]);
  return found;
}

/** Missing values first, then the longest. @param {ReadText[]} texts */
function worst(texts) {
  return [...texts].sort((one, other) => other.missing.length - one.missing.length || longer(one, other)).slice(0, SHOWN);
}

/** For those who will receive it: the longest first, and missing values last. The first one is the example. @param {ReadText[]} texts */
export function sent(texts) {
  return [...texts].sort((one, other) => one.missing.length - other.missing.length || longer(one, other)).slice(0, SHOWN);
}

/** @param {ReadText} one @param {ReadText} other */
const longer = (one, other) => other.text.length - one.text.length;

/**
 * @param {object} props
 * @param {Readings} props.readings
 * @param {string} props.body
 * @param {import("./bubble.js").Media | null} props.media
 * @param {string} [props.title]
 */
export function ReadAs({ readings, body, media, title }) {
  const [at, setAt] = useState(0);
  const { texts = [], failure } = readings;
  const limit = limitOf(media);
  const shown = texts[Math.min(at, texts.length - 1)];
  /** @param {number} step */
  const move = (step) => setAt((Math.min(at, texts.length - 1) + step + texts.length) % texts.length);
  return html`<figure class="phone" aria-label=${title ?? t("read_as.label")}>
    ${title && html`<h3>${title}</h3>`}
    ${failure && html`<${Problem} failure=${failure} quiet />`}
    ${body || media ? html`<${Bubble} text=${shown?.text ?? body} missing=${shown?.missing} media=${media} />` : html`<p class="quiet">${t("read_as.nothing")}</p>`}
    <figcaption>
      ${shown
        ? html`<span class="who" aria-live="polite">${t("read_as.who", { name: nameOf(shown.contact) })}</span>
            ${texts.length > 1 &&
            html`<button class="plain" aria-label=${t("read_as.previous")} onClick=${() => move(-1)}><${Icon} name="back" size=${16} /></button>
              <span class="numbers">${Math.min(at, texts.length - 1) + 1}/${texts.length}</span>
              <button class="plain" aria-label=${t("read_as.next")} onClick=${() => move(1)}><${Icon} name="next" size=${16} /></button>`}`
        : readings.texts && t("read_as.no_contacts")}
    </figcaption>
    ${shown && shown.missing.length > 0 && html`<p class="wrong"><${Icon} name="alert" size=${16} />${t("read_as.missing", { names: shown.missing.join(", ") })}</p>`}
    ${shown && [...shown.text].length > limit && html`<p class="wrong"><${Icon} name="alert" size=${16} />${t("read_as.long", { limit })}</p>`}
  </figure>`;
}

/** A template as people read it. @param {{template: import("hidra-api").Template, people: Contact[] | undefined, title: string}} props */
export function TemplateReadAs({ template, people, title }) {
  const readings = useReadings(template.body ?? "", people);
  return html`<${ReadAs} readings=${readings} body=${template.body} media=${template} title=${title} />`;
}
