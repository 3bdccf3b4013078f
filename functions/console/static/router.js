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

/** Asks whether to leave; null: nothing would be lost. @type {(() => Promise<boolean>) | null} */
let question = null;
/** Whether the next step is not asked about. */
let free = false;
/** Hears of the way back to the place that is left only after a yes. @type {(() => void) | null} */
let returned = null;
/** Where this place stands in the tab's history: each place has its number as the browser's state. */
let at = history.state?.at ?? 0;
if (!history.state) history.replaceState({ at }, "");

addEventListener("hashchange", async () => {
  const fresh = history.state === null; // the browser's buttons lead to places that have their number
  const steps = fresh ? 1 : history.state.at - at;
  if (fresh) history.replaceState({ at: at + 1 }, "");
  at += steps;
  if (returned) return returned();
  const found = read();
  const another = found.path !== route.value.path;
  const asks = another && !free && steps ? question : null;
  free = false;
  if (!asks) {
    moved = true;
    if (fresh && another) scrollTo(0, 0);
    route.value = found;
    return;
  }
  const { hash } = location;
  await goBack(-steps); // what is shown keeps its address until the person has decided
  if (!(await asks())) return;
  free = true;
  if (fresh) location.hash = hash;
  else history.go(steps);
});

/** @param {number} steps */
async function goBack(steps) {
  await new Promise((done) => {
    returned = () => done(undefined);
    history.go(steps);
  });
  returned = null;
}

/**
 * Ask before another page is shown.
 *
 * @param {(() => Promise<boolean>) | null} ask true: the person leaves; null: nothing would be lost
 */
export function askToLeave(ask) {
  question = ask;
}

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

/** Go there as by a link. @param {string} path @param {Record<string, string | number | null | undefined>} [query] */
export function follow(path, query) {
  location.hash = href(path, query);
}

/** Go where something that is done leads: nothing is asked. @param {string} path @param {Record<string, string | number | null | undefined>} [query] */
export function navigate(path, query) {
  free = location.hash !== href(path, query);
  follow(path, query);
}

/**
 * Change filters of this page, without a step for the browser's back button.
 *
 * @param {Record<string, string | number | null | undefined>} changes null removes one
 */
export function setQuery(changes) {
  history.replaceState({ at }, "", href(route.value.path, { ...route.value.query, ...changes }));
  route.value = read();
}

/**
 * Show another part of this page, to which the browser's back button leads back.
 *
 * @param {Record<string, string | number | null | undefined>} changes null removes one
 */
export function openPart(changes) {
  follow(route.value.path, { ...route.value.query, ...changes });
}

/**
 * Give what is shown another address, without a step for the browser's back button.
 *
 * @param {string} path
 * @param {Record<string, string | number | null | undefined>} [query]
 */
export function replacePath(path, query) {
  history.replaceState({ at }, "", href(path, query));
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
