/** How many people a campaign reaches and when it ends, as far as it is known while it is being made. */
import { useMemo } from "../html.js";
import { isValid, sendingPlan } from "../sending_window.js";
import { connection } from "../state.js";
import { instant } from "./draft.js";

/** @typedef {import("../sending_window.js").SendingWindow} SendingWindow */
/**
 * @typedef {object} Expected
 * @property {number | null} people
 * @property {boolean} exact whether the API has counted them; else they are the segment's
 * @property {number} seconds of sending
 * @property {Date | null} at when the first message leaves; null: at once
 * @property {SendingWindow | null} window that holds
 * @property {SendingWindow | null} inherited the connection's
 * @property {import("../sending_window.js").Plan | null} plan
 */

const MINUTE = 60_000;

/**
 * @param {import("./draft.js").Values} values
 * @param {import("hidra-api").Segment | undefined} segment
 * @param {import("hidra-api").Preflight | undefined} preflight
 * @returns {Expected}
 */
export function useExpected(values, segment, preflight) {
  const people = preflight?.will_receive ?? segment?.total_contacts ?? null;
  const pace = Math.min(values.max_messages_per_minute || 1, connection.value?.max_messages_per_minute ?? Infinity);
  const seconds = preflight?.expected_duration_seconds ?? ((people ?? 0) / pace) * 60;
  const inherited = /** @type {any} */ (connection.value)?.send_window ?? null;
  const own = values.send_window && isValid(values.send_window) ? values.send_window : null;
  const window = own ?? inherited;
  const chosen = values.at ? instant(values.at) : null;
  const start = Math.max(Date.now(), chosen?.getTime() || 0);
  const minute = Math.floor(start / MINUTE);
  const plan = useMemo(
    () => (people ? sendingPlan(new Date(start), seconds, window) : null),
    [minute, seconds, people, JSON.stringify(window)],
  );
  const opens = plan?.begin && plan.begin.getTime() > start + MINUTE ? plan.begin : null;
  const at = opens ?? chosen;
  return { people, exact: preflight !== undefined, seconds, at, window, inherited, plan };
}
