/** The start: who is signed in, in which language, and the shell with its page. */
import { account, known, signIn, start } from "./auth.js";
import { html, render } from "./html.js";
import { ready } from "./i18n.js";
import { find } from "./pages.js";
import { route } from "./router.js";
import { Shell } from "./shell.js";
import { SignedOut } from "./signed_out.js";

function App() {
  if (!ready.value || !known.value) return null;
  return account.value ? html`<${Shell} />` : html`<${SignedOut} signIn=${signIn} />`;
}

// The page's modules come beside the texts and the session. If they fail, the shell asks again and restarts.
find(route.value.path, true)?.page.load().catch(() => {});

start().finally(() => {
  render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
});
