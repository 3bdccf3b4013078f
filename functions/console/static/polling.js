/** Data that is read again by itself: every 3 s while something moves, slower in a hidden tab, else not at all. */
import { useCallback, useEffect, useRef, useState } from "./html.js";

const FAST = 3000;
const HIDDEN = 30_000;

/**
 * @template T
 * @typedef {object} Polled
 * @property {T | undefined} data the last answer, which stays while the network is away
 * @property {import("./api.js").Failure | undefined} failure of the last request
 * @property {() => Promise<void>} reload
 * @property {(data: T) => void} replace show what another request has answered
 */

/**
 * @template T
 * @param {() => Promise<T>} load
 * @param {{moves?: (data: T) => boolean, every?: number | ((data: T) => number), key?: unknown}} [options] `moves`: whether it will change by
 *   itself; `key`: another one starts anew, with nothing to show
 * @returns {Polled<T>}
 */
export function usePolling(load, { moves = () => false, every = FAST, key } = {}) {
  const [state, setState] = useState(/** @type {{key: unknown, data?: T, failure?: any}} */ ({ key }));
  const latest = useRef({ load, moves, every });
  latest.current = { load, moves, every };
  const timer = useRef(0);
  const turn = useRef(0);

  const run = useCallback(async () => {
    clearTimeout(timer.current);
    const mine = ++turn.current;
    /** @type {{data?: T, failure?: any}} */
    let found;
    try {
      found = { data: await latest.current.load() };
    } catch (failure) {
      found = { failure };
    }
    if (mine !== turn.current) return;
    setState((before) => ({ key, data: before.key === key ? before.data : undefined, failure: undefined, ...found }));
    const again = "data" in found ? latest.current.moves(/** @type {T} */ (found.data)) : found.failure?.passing;
    const { every } = latest.current;
    const pause = typeof every === "number" ? every : "data" in found ? every(/** @type {T} */ (found.data)) : FAST;
    if (again) timer.current = window.setTimeout(run, document.hidden ? HIDDEN : pause);
  }, [key]);

  useEffect(() => {
    run();
    const seen = () => {
      if (!document.hidden) run();
    };
    document.addEventListener("visibilitychange", seen);
    addEventListener("online", run);
    return () => {
      turn.current++;
      clearTimeout(timer.current);
      document.removeEventListener("visibilitychange", seen);
      removeEventListener("online", run);
    };
  }, [run]);

  const replace = useCallback((/** @type {T} */ data) => setState({ key, data }), [key]);
  const current = state.key === key ? state : { data: undefined, failure: undefined };
  return { data: current.data, failure: current.failure, reload: run, replace };
}

/**
 * The page of a list that the address names (`?cursor=`), and the way to the next one.
 *
 * @template T
 * @param {(query: {cursor?: string}) => Promise<{items: T[], next_cursor: string | null}>} load
 * @param {{query: Record<string, string>, moves?: (page: {items: T[]}) => boolean}} options the query of the address
 */
export function useList(load, { query, moves }) {
  const cursor = query.cursor ? { cursor: query.cursor } : {};
  const polled = usePolling(() => load(cursor), { key: JSON.stringify(query), moves });
  return { ...polled, items: polled.data?.items, next: polled.data?.next_cursor ?? null, first: !query.cursor };
}
