/** How many people a campaign in the making reaches, when it begins and when it ends, as far as the API foresees it. */
import { instant } from "./draft.js";

/**
 * @typedef {object} Expected
 * @property {number | null} people
 * @property {boolean} exact whether the API has counted them; else they are the segment's
 * @property {number | null} seconds from the first message to the last
 * @property {Date | null} at when the first message leaves; null: at once
 * @property {Date | null | undefined} end undefined while it is not known; null: in more than a year
 */

const MINUTE = 60_000;

/**
 * @param {import("./draft.js").Values} values
 * @param {import("hidra-api").Segment | undefined} segment
 * @param {import("hidra-api").Preflight | undefined} preflight
 * @returns {Expected}
 */
export function expectedOf(values, segment, preflight) {
  const chosen = values.at ? instant(values.at) : null;
  if (!preflight) return { people: segment?.total_contacts ?? null, exact: false, seconds: null, at: chosen, end: undefined };
  const { will_receive, expected_end } = preflight;
  const begin = new Date(preflight.expected_begin);
  return {
    people: will_receive,
    exact: true,
    seconds: preflight.expected_duration_seconds,
    at: chosen || begin.getTime() > Date.now() + MINUTE ? begin : null,
    end: !will_receive ? undefined : expected_end === null ? null : new Date(expected_end),
  };
}
