/**
 * Signing in: authorization code with PKCE at the deployment's issuer. Tokens are in this tab's sessionStorage only.
 */
import { UserManager, WebStorageStateStore } from "oidc-client-ts";
import { signal } from "./html.js";
import { CONSOLE_URL, settings } from "./settings.js";

/** @typedef {{name: string, email: string, admin: boolean}} Account */

/** Who is signed in. @type {import("@preact/signals").Signal<Account | null>} */
export const account = signal(/** @type {Account | null} */ (null));
/** Why no person is signed in any more: the session ended, or the issuer refused. */
export const reason = signal(/** @type {"" | "expired" | "failed"} */ (""));
/** Whether it is known if a person is signed in. */
export const known = signal(false);

const SOON = 60; // seconds before a token's end at which it is renewed
const store = new WebStorageStateStore({ store: sessionStorage });
const manager = new UserManager({
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
/** @type {Promise<import("oidc-client-ts").User | null> | null} */
let renewing = null;

/** Take what the issuer sent, or what the tab still has. */
export async function start() {
  const query = new URLSearchParams(location.search);
  if (query.has("state") && (query.has("code") || query.has("error"))) {
    let place = "";
    try {
      place = String((await manager.signinRedirectCallback()).state ?? "");
    } catch {
      reason.value = "failed";
    }
    history.replaceState(null, "", CONSOLE_URL + place);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else if (location.search) {
    history.replaceState(null, "", CONSOLE_URL + location.hash);
  }
  show(await manager.getUser());
  known.value = true;
}

/** Leave for the issuer; it leads back to this place. */
export function signIn() {
  return manager.signinRedirect({ state: location.hash });
}

/** End the session here and at the issuer. */
export async function signOut() {
  await manager.removeUser(); // first, so that no token is put into the address
  const metadata = await manager.metadataService.getMetadata().catch(() => null);
  if (settings.logout === "cognito" && metadata?.authorization_endpoint) {
    const address = new URL("/logout", metadata.authorization_endpoint);
    address.search = new URLSearchParams({ client_id: settings.clientId, logout_uri: CONSOLE_URL }).toString();
    location.assign(address);
  } else if (metadata?.end_session_endpoint) {
    await manager.signoutRedirect({ extraQueryParams: { client_id: settings.clientId } });
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
  let user = await manager.getUser();
  const expires = user && (settings.token === "access" ? user.expires_in : secondsLeft(user));
  if (user && (renewed || (expires !== undefined && expires !== null && expires < SOON))) {
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

/** @param {import("oidc-client-ts").User} user */
async function renew(user) {
  if (!user.refresh_token) return null;
  try {
    return await manager.signinSilent();
  } catch (error) {
    // The network may be at fault: the token counts until it ends.
    return error instanceof TypeError && !user.expired ? user : null;
  }
}

async function expire() {
  if (account.value) reason.value = "expired";
  await manager.removeUser();
  account.value = null;
}

/** @param {import("oidc-client-ts").User} user */
const secondsLeft = (user) => user.profile.exp - Date.now() / 1000;

/** @param {import("oidc-client-ts").User | null} user */
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
