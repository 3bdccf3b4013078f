/**
 * Signing in: authorization code with PKCE at the deployment's issuer. Tokens are in this tab's sessionStorage only.
 *
 * The library is loaded to sign in, to renew and to sign out; a page that has a token is shown without it.
 */
import { signal } from "./html.js";
import { CONSOLE_URL, settings } from "./settings.js";

/** @typedef {{name: string, email: string, admin: boolean}} Account */
/**
 * What the library keeps of a person who has signed in.
 *
 * @typedef {object} Session
 * @property {string} access_token
 * @property {string} [id_token]
 * @property {string} [refresh_token]
 * @property {number} [expires_at] when the access token ends, in seconds
 * @property {Record<string, any> & {exp: number}} profile the claims of the ID token
 */

/** Who is signed in. @type {import("@preact/signals").Signal<Account | null>} */
export const account = signal(/** @type {Account | null} */ (null));
/** Why no person is signed in any more: the session ended, or the issuer refused. */
export const reason = signal(/** @type {"" | "expired" | "failed"} */ (""));
/** Whether it is known if a person is signed in. */
export const known = signal(false);

const SOON = 60; // seconds before a token's end at which it is renewed
const KEPT = `oidc.user:${settings.issuer}:${settings.clientId}`; // where the library keeps the session
/** @type {Promise<import("oidc-client-ts").UserManager> | undefined} */
let loading;
/** @type {Promise<Session | null> | null} */
let renewing = null;

/** The library with the deployment's settings. */
async function manager() {
  loading ??= load();
  try {
    return await loading;
  } catch (error) {
    loading = undefined; // the next one tries again
    throw error;
  }
}

async function load() {
  const { UserManager, WebStorageStateStore } = await import("oidc-client-ts");
  const store = new WebStorageStateStore({ store: sessionStorage });
  return new UserManager({
    authority: settings.issuer,
    ...(settings.metadata ? { metadata: settings.metadata } : {}),
    client_id: settings.clientId,
    redirect_uri: CONSOLE_URL,
    post_logout_redirect_uri: CONSOLE_URL,
    scope: settings.scopes,
    extraQueryParams: settings.token === "access" ? { audience: settings.audience } : {},
    userStore: store,
    stateStore: store,
    automaticSilentRenew: false,
    monitorSession: false,
  });
}

/** Take what the issuer sent, or what the tab still has. */
export async function start() {
  const query = new URLSearchParams(location.search);
  if (query.has("state") && (query.has("code") || query.has("error"))) {
    let place = "";
    try {
      place = String((await (await manager()).signinRedirectCallback()).state ?? "");
    } catch {
      reason.value = "failed";
    }
    history.replaceState(history.state, "", CONSOLE_URL + place);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else if (location.search) {
    history.replaceState(history.state, "", CONSOLE_URL + location.hash);
  }
  show(session());
  known.value = true;
}

/** Leave for the issuer; it leads back to this place. */
export async function signIn() {
  return (await manager()).signinRedirect({ state: location.hash });
}

/** End the session here and at the issuer. */
export async function signOut() {
  sessionStorage.removeItem(KEPT); // first, so that no token is put into the address
  const library = await manager().catch(() => null);
  const metadata = await library?.metadataService.getMetadata().catch(() => null);
  if (settings.logout === "cognito" && metadata?.authorization_endpoint) {
    const address = new URL("/logout", metadata.authorization_endpoint);
    address.search = new URLSearchParams({ client_id: settings.clientId, logout_uri: CONSOLE_URL }).toString();
    location.assign(address);
  } else if (library && metadata?.end_session_endpoint) {
    await library.signoutRedirect({ extraQueryParams: { client_id: settings.clientId } });
  } else {
    show(null);
  }
}

/**
 * The token that the API gets; null, and no person signed in any more, once it has ended and cannot be renewed.
 *
 * @param {{renewed?: boolean}} [options] renewed: a new one, because the API refused the present one
 */
export async function token({ renewed = false } = {}) {
  let user = session();
  if (user && (renewed || secondsLeft(user) < SOON)) {
    renewing ??= renew(user).finally(() => {
      renewing = null;
    });
    user = await renewing;
  }
  if (!user) {
    expire();
    return null;
  }
  return settings.token === "access" ? user.access_token : (user.id_token ?? null);
}

/** @param {Session} user @returns {Promise<Session | null>} */
async function renew(user) {
  if (!user.refresh_token) return null;
  try {
    return await (await manager()).signinSilent();
  } catch (error) {
    // The network may be at fault: the token counts until it ends.
    return error instanceof TypeError && secondsLeft(user) > 0 ? user : null;
  }
}

function expire() {
  if (account.value) reason.value = "expired";
  sessionStorage.removeItem(KEPT);
  account.value = null;
}

/** @returns {Session | null} */
function session() {
  return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
}

/** Until the token that the API gets ends. @param {Session} user */
function secondsLeft(user) {
  const end = settings.token === "access" ? user.expires_at : user.profile.exp;
  return end === undefined ? Infinity : end - Date.now() / 1000;
}

/** @param {Session | null} user */
function show(user) {
  if (!user) {
    account.value = null;
    return;
  }
  const claim = user.profile[settings.groupsClaim];
  const groups = Array.isArray(claim) ? claim : typeof claim === "string" ? claim.split(" ") : [];
  const email = user.profile.email ?? "";
  account.value = {
    name: user.profile.name ?? user.profile.preferred_username ?? email,
    email,
    admin: Boolean(settings.adminGroup) && groups.includes(settings.adminGroup),
  };
}
