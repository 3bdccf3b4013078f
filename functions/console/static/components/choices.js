/** What a campaign is made of: all segments and templates of the person. */
import { call } from "../api.js";
import { usePolling } from "../polling.js";

const PAGES = 10;
const LIMIT = 200;

/**
 * Every item of a list, up to 2,000.
 *
 * @template T
 * @param {(page: {cursor?: string, limit: number}) => Promise<{items: T[], next_cursor: string | null}>} load
 */
async function every(load) {
  /** @type {T[]} */
  const items = [];
  let cursor = /** @type {string | null} */ (null);
  for (let page = 0; page < PAGES; page++) {
    const found = await load({ limit: LIMIT, ...(cursor ? { cursor } : {}) });
    items.push(...found.items);
    cursor = found.next_cursor;
    if (!cursor) break;
  }
  return items;
}

/** @typedef {{segments: import("hidra-api").Segment[], templates: import("hidra-api").Template[]}} Choices */

export function useChoices() {
  return usePolling(async () => {
    const [segments, templates] = await Promise.all([
      every((page) => call("list_segments", page)),
      every((page) => call("list_templates", page)),
    ]);
    return { segments, templates };
  });
}
