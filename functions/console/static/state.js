/** What several parts of the page share: the network, short notices, what a screen reader hears, the connection. */
import { call } from "./api.js";
import { signal } from "./html.js";

/** @typedef {{id: number, text: string, undo?: () => void}} Toast */

/** @type {import("@preact/signals").Signal<Toast[]>} */
export const toasts = signal(/** @type {Toast[]} */ ([]));
/** The sentence that a screen reader hears next. */
export const announced = signal("");
/**
 * The person's connection; null if there is none, undefined while it is not known.
 *
 * @type {import("@preact/signals").Signal<import("hidra-api").Connection | null | undefined>}
 */
export const connection = signal(undefined);

const SHOWN = 6000;
const SHOWN_WITH_UNDO = 10_000;
const QUIET = 10_000; // between two announcements of progress
let last = 0;
let spoken = 0;

/**
 * A notice that goes by itself.
 *
 * @param {string} text
 * @param {() => void} [undo]
 */
export function toast(text, undo) {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-2), { id, text, undo }];
  setTimeout(() => dismiss(id), undo ? SHOWN_WITH_UNDO : SHOWN);
}

/** @param {number} id */
export function dismiss(id) {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

/**
 * Say progress, at most every ten seconds.
 *
 * @param {string} text
 */
export function announce(text) {
  const now = Date.now();
  if (now - spoken < QUIET || text === announced.value) return;
  spoken = now;
  announced.value = text;
}

/** Why a campaign waits for the connection. */
const UNLINKED = ["no-connection", "connection-not-connected", "connection-error"];

/** @typedef {{status: string, blocked_code: string | null}} Told what the API says of a campaign */

/** Whether a campaign waits for the connection. @param {Told} campaign */
export const waitsForConnection = ({ status, blocked_code }) => status === "running" && UNLINKED.includes(blocked_code ?? "");

/** Whether it will go on in a moment: its connection is back. @param {Told} campaign */
export const isBack = (campaign) => connection.value?.status === "connected" && waitsForConnection(campaign);

/**
 * Ask for the connection at once, if what the API says of campaigns does not fit what is shown of it.
 *
 * @param {Told[]} campaigns
 */
export async function fitConnection(campaigns) {
  if (connection.value === undefined) return;
  const connected = connection.value?.status === "connected";
  const sends = campaigns.some(({ status, blocked_code }) => status === "running" && !blocked_code);
  if (connected ? campaigns.some(waitsForConnection) : sends) await loadConnection().catch(() => {});
}

/** Read the connection again. */
export async function loadConnection() {
  try {
    connection.value = await call("get_connection");
  } catch (/** @type {any} */ failure) {
    if (failure.code === "not-found") connection.value = null;
    else throw failure;
  }
  return connection.value;
}
