/** Texts by their key, such as `overview.title`, in the chosen language; a component that uses one follows a change. */
import { effect, signal } from "./html.js";
import { language } from "./preferences.js";

/** @typedef {string | {one: string, other: string}} Text */

const FILES = {
  "pt-BR": () => import("./i18n/pt-BR.js"),
  en: () => import("./i18n/en.js"),
};

/** @type {import("@preact/signals").Signal<Record<string, any>>} */
const texts = signal({});
/** Whether there is a language to speak yet. */
export const ready = signal(false);

effect(() => {
  const wanted = language.value;
  FILES[wanted]().then((file) => {
    if (language.peek() === wanted) {
      texts.value = file.default;
      ready.value = true;
    }
  });
});

/**
 * The text, with `{name}` replaced by the value of that name. A text with a plural takes the form of `count`.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return fill(find(key) ?? key, values);
}

/** Whether there is a text of this key. @param {string} key */
export const has = (key) => find(key) !== undefined;

/**
 * The text of a code of the API: its own, or that of its family, or the fallback of its kind.
 *
 * @param {"problem" | "blocked" | "error" | "preflight" | "reject" | "import" | "file" | "connection" | "connection_error" | "template" | "pace"} kind
 * @param {string} code
 * @param {Record<string, string | number>} [values]
 */
export function codeText(kind, code, values = {}) {
  const known = texts.value.codes?.[kind] ?? {};
  const family = Object.keys(known).find((name) => name.endsWith("*") && code.startsWith(name.slice(0, -1)));
  return fill(known[code] ?? (family ? known[family] : t(`codes.unknown.${kind}`)), { code, ...values });
}

/** @param {string} key @returns {Text | undefined} */
function find(key) {
  /** @type {any} */
  let found = texts.value;
  for (const part of key.split(".")) found = found?.[part];
  return typeof found === "string" || (found && "other" in found) ? found : undefined;
}

/**
 * @param {Text} text
 * @param {Record<string, string | number>} values
 */
function fill(text, values) {
  const numbers = new Intl.NumberFormat(language.value);
  // Not by Intl.PluralRules: it knows "0 pessoa", and in Brazil people say "0 pessoas".
  const chosen = typeof text === "string" ? text : Number(values.count) === 1 ? text.one : text.other;
  return chosen.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? numbers.format(value) : value;
  });
}
