/** What the API predicts for a saved campaign, asked again after each saving and when the connection changes. */
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
 * @returns {Forecast}
 */
export function usePreflight(campaign_id, version) {
  const [state, setState] = useState(/** @type {{data?: Preflight, failure?: any, of: string}} */ ({ of: "" }));
  const wanted = `${campaign_id} ${version} ${connection.value?.status} ${connection.value?.max_messages_per_minute}`;
  const latest = useRef(wanted);
  latest.current = wanted;
  const ask = useCallback(async () => {
    const data = await call("preflight_campaign", { campaign_id });
    setState({ data, of: latest.current });
    return data;
  }, [campaign_id]);
  useEffect(() => {
    if (!campaign_id) return;
    const mine = wanted;
    call("preflight_campaign", { campaign_id }).then(
      (data) => latest.current === mine && setState({ data, of: mine }),
      (failure) => latest.current === mine && setState((before) => ({ ...before, failure, of: mine })),
    );
  }, [wanted]);
  return { data: state.data, failure: state.failure, fresh: state.of === wanted, ask };
}
