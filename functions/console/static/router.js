/**
 * Where the person is: `#/campaigns/17?status=failed`. The address holds what the page shows, filters and place in a
 * list included, so that a link, a reload and the browser's buttons lead to the same.
 */
import { signal } from "./html.js";

/** @typedef {{path: string, query: Record<string, string>}} Route */

/** @type {import("@preact/signals").Signal<Route>} */
export const route = signal(read());

/** Whether the person has gone to another place since the page was loaded. */
export let moved = false;

addEventListener("hashchange", () => {
  moved = true;
  route.value = read();
});

/** @returns {Route} */
function read() {
  const [path, query] = location.hash.slice(1).split("?");
  return { path: path || "/", query: Object.fromEntries(new URLSearchParams(query ?? "")) };
}

/**
 * The address of a place, for a link.
 *
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} [query] without those that are null or empty
 */
export function href(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `#${path}${text ? `?${text}` : ""}`;
}

/** @param {string} path @param {Record<string, string | number | null | undefined>} [query] */
export function navigate(path, query) {
  location.hash = href(path, query);
}

/**
 * Change filters of this page, without a step for the browser's back button.
 *
 * @param {Record<string, string | number | null | undefined>} changes null removes one
 */
export function setQuery(changes) {
  history.replaceState(null, "", href(route.value.path, { ...route.value.query, ...changes }));
  route.value = read();
}

/**
 * Give what is shown another address, without a step for the browser's back button.
 *
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} [query]
 */
export function replacePath(path, query) {
  history.replaceState(null, "", href(path, query));
  route.value = read();
}

/**
 * The parameters of a path that has the pattern's form (`/campaigns/:id`); null if it has not.
 *
 * @param {string} pattern
 * @param {string} path
 * @returns {Record<string, string> | null}
 */
export function match(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const found = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":")) found[part.slice(1)] = decodeURIComponent(given[index]);
    else if (part !== given[index]) return null;
  }
  return found;
}
