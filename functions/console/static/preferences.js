/** Choices of this browser. Tokens are never among them. */
import { effect, signal } from "./html.js";

/** @typedef {"pt-BR" | "en"} Language */
/** @typedef {"system" | "light" | "dark"} Theme */

/** @type {Language[]} */
export const LANGUAGES = ["pt-BR", "en"];
/** @type {Theme[]} */
export const THEMES = ["system", "light", "dark"];

export const language = signal(/** @type {Language} */ (kept("language", LANGUAGES) ?? preferred()));
export const theme = signal(/** @type {Theme} */ (kept("theme", THEMES) ?? "system"));

effect(() => {
  document.documentElement.lang = language.value;
});
effect(() => {
  if (theme.value === "system") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = theme.value;
});

/** @param {Language} chosen */
export function chooseLanguage(chosen) {
  language.value = chosen;
  keep("language", chosen);
}

/** @param {Theme} chosen */
export function chooseTheme(chosen) {
  theme.value = chosen;
  keep("theme", chosen);
}

/** @returns {Language} */
function preferred() {
  const first = navigator.languages.find((code) => /^(pt|en)\b/.test(code));
  return first?.startsWith("en") ? "en" : "pt-BR";
}

/**
 * @param {string} name
 * @param {string[]} allowed
 */
function kept(name, allowed) {
  try {
    const found = localStorage.getItem(`hidra.${name}`);
    return found && allowed.includes(found) ? found : null;
  } catch {
    return null; // storage is off
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function keep(name, value) {
  try {
    localStorage.setItem(`hidra.${name}`, value);
  } catch {
    // It lasts until the page is closed.
  }
}
