/** What the API foresees for a campaign that sends or waits for its time: asked each minute, for its end is an instant. */
import { call } from "../api.js";
import { usePolling } from "../polling.js";

/** @typedef {import("hidra-api").Preflight} Preflight */

const EVERY = 60_000;

/** Undefined for a campaign of which nothing is to be foreseen. @param {import("hidra-api").Campaign | undefined} campaign @returns {Preflight | undefined} */
export function useForecast(campaign) {
  const moves = campaign?.status === "running" || campaign?.status === "scheduled";
  const { id, status, blocked_code, max_messages_per_minute, scheduled_at, send_window } = campaign ?? {};
  const key = moves && JSON.stringify([id, status, blocked_code, max_messages_per_minute, scheduled_at, send_window]);
  const { data } = usePolling(async () => (moves ? call("preflight_campaign", { campaign_id: id }) : undefined), {
    moves: Boolean,
    every: EVERY,
    key,
  });
  return data;
}
