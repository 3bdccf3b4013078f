/**
 * What the deployment says about itself, from the element `settings` of the page.
 *
 * @typedef {object} Settings
 * @property {string} issuer
 * @property {Record<string, string> | null} metadata the issuer's endpoints, if it has described itself in time
 * @property {string} audience
 * @property {string} clientId
 * @property {"id" | "access"} token the token that the API gets
 * @property {string} scopes
 * @property {"openid" | "cognito"} logout
 * @property {string} groupsClaim
 * @property {string} adminGroup
 */

/** @type {Settings} */
export const settings = JSON.parse(document.getElementById("settings")?.textContent ?? "{}");

/** The page's address without query and hash: the issuer leads back to it. */
export const CONSOLE_URL = location.origin + location.pathname.replace(/\/+$/, "");

/** The API's address, with a slash at its end: the console is at `console` under it. */
export const API_URL = new URL(".", CONSOLE_URL).href;
