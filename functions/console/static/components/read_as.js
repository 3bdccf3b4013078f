/** A text as real contacts will read it: five of them, those first for which it turns out worst. */
import { call } from "../api.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { Bubble } from "./bubble.js";
import { Icon } from "./icon.js";
import { Problem } from "./problem.js";

/** @typedef {import("hidra-api").Contact} Contact */
/** @typedef {{contact: Contact, text: string, missing: string[]}} ReadText */
/**
 * @typedef {object} Readings
 * @property {ReadText[] | undefined} texts the worst first; undefined while they are being read
 * @property {import("hidra-api").TemplateWarning[]} warnings
 * @property {string[]} names of the attributes that contacts have
 * @property {import("../api.js").Failure} [failure]
 */

const READ = 20; // contacts that the API reads a text as
const SHOWN = 5;
const PAUSE = 250; // ms without a key

/** @param {string} body @returns {Readings} */
export function useReadings(body) {
  const people = usePolling(() => call("list_contacts", { limit: READ })).data?.items;
  const [found, setFound] = useState(/** @type {Omit<Readings, "names">} */ ({ texts: undefined, warnings: [] }));
  const turn = useRef(0);
  useEffect(() => {
    const mine = ++turn.current;
    if (!people) return;
    const timer = setTimeout(async () => {
      try {
        const read = await call("preview_text", {}, { body, contact_ids: people.map((it) => it.id) });
        if (mine !== turn.current) return;
        const texts = read.texts.map(({ text, missing }, at) => ({ contact: people[at], text, missing }));
        setFound({ texts: worst(texts), warnings: read.warnings });
      } catch (/** @type {any} */ failure) {
        if (mine === turn.current) setFound((before) => ({ ...before, failure }));
      }
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [body, people]);
  const names = ["nome", "telefone", ...new Set((people ?? []).flatMap((it) => Object.keys(it.attributes)))];
  return { ...found, names };
}

/** Missing values first, then the longest. @param {ReadText[]} texts */
function worst(texts) {
  return [...texts].sort((one, other) => other.missing.length - one.missing.length || other.text.length - one.text.length).slice(0, SHOWN);
}

/**
 * @param {object} props
 * @param {Readings} props.readings
 * @param {string} props.body
 * @param {import("./bubble.js").Media | null} props.media
 * @param {number} props.limit characters that the text may have
 */
export function ReadAs({ readings, body, media, limit }) {
  const [at, setAt] = useState(0);
  const { texts = [], failure } = readings;
  const shown = texts[Math.min(at, texts.length - 1)];
  /** @param {number} step */
  const move = (step) => setAt((Math.min(at, texts.length - 1) + step + texts.length) % texts.length);
  return html`<section class="phone" aria-label=${t("read_as.label")}>
    ${failure && html`<${Problem} failure=${failure} />`}
    ${body || media ? html`<${Bubble} text=${shown?.text ?? body} missing=${shown?.missing} media=${media} />` : html`<p class="quiet">${t("read_as.nothing")}</p>`}
    <div class="under">
      ${shown
        ? html`<p class="who" aria-live="polite">${t("read_as.who", { name: shown.contact.name ?? shown.contact.phone })}</p>
            ${texts.length > 1 &&
            html`<button class="plain" aria-label=${t("read_as.previous")} onClick=${() => move(-1)}><${Icon} name="back" size=${16} /></button>
              <span class="numbers">${Math.min(at, texts.length - 1) + 1}/${texts.length}</span>
              <button class="plain" aria-label=${t("read_as.next")} onClick=${() => move(1)}><${Icon} name="next" size=${16} /></button>`}`
        : readings.texts && html`<p class="quiet">${t("read_as.nobody")}</p>`}
    </div>
    ${shown && shown.missing.length > 0 && html`<p class="wrong"><${Icon} name="alert" size=${16} />${t("read_as.missing", { names: shown.missing.join(", ") })}</p>`}
    ${shown && [...shown.text].length > limit && html`<p class="wrong"><${Icon} name="alert" size=${16} />${t("read_as.long", { limit })}</p>`}
  </section>`;
}
