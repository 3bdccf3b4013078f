/** What the API predicts for a saved campaign, asked again after each saving, for another begin, and when the connection changes. */
import { call } from "../api.js";
import { useCallback, useEffect, useRef, useState } from "../html.js";
import { connection } from "../state.js";

/** @typedef {import("hidra-api").Preflight} Preflight */
/**
 * @typedef {object} Forecast
 * @property {Preflight | undefined} data of the version that was asked last and answered
 * @property {boolean} fresh whether it is of the latest version
 * @property {import("../api.js").Failure | undefined} failure
 * @property {() => Promise<Preflight>} ask throws Failure
 */

/** Without one of these the campaign can start. */
const STOPPING = ["no-connection", "segment-empty", "nothing-to-send", "segment-too-large", "nothing-failed"];

/** Whether the API would refuse the start. @param {Preflight} preflight */
export const cannotStart = (preflight) => preflight.warnings.some(({ code }) => STOPPING.includes(code));

/**
 * @param {string | undefined} campaign_id
 * @param {number} version
 * @param {string | null} scheduled_at when a draft is to begin; null: now
 * @returns {Forecast}
 */
export function usePreflight(campaign_id, version, scheduled_at) {
  const [state, setState] = useState(/** @type {{data?: Preflight, failure?: any, of: string}} */ ({ of: "" }));
  const wanted = JSON.stringify([campaign_id, version, scheduled_at, limitsOf(connection.value)]);
  const latest = useRef(wanted);
  latest.current = wanted;
  const ask = useCallback(async () => {
    const data = await call("preflight_campaign", { campaign_id }, { scheduled_at });
    setState({ data, of: latest.current });
    return data;
  }, [campaign_id, scheduled_at]);
  useEffect(() => {
    if (!campaign_id) return;
    const mine = wanted;
    call("preflight_campaign", { campaign_id }, { scheduled_at }).then(
      (data) => latest.current === mine && setState({ data, of: mine }),
      (failure) => latest.current === mine && setState((before) => ({ ...before, failure, of: mine })),
    );
  }, [wanted]);
  return { data: state.data, failure: state.failure, fresh: state.of === wanted, ask };
}

/** What a prediction depends on. @param {typeof connection.value} found */
const limitsOf = (found) =>
  found && [
    found.status,
    found.max_messages_per_minute,
    found.send_window,
    found.max_messages_per_day,
    found.max_first_contacts_per_day,
    found.warm_up,
    found.time_zone,
  ];
