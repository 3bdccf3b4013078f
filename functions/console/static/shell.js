/** The frame around every page: the rail or bottom bar, the page itself, and what is heard and seen beside it. */
import { online } from "./api.js";
import { account } from "./auth.js";
import { DialogPlace } from "./components/dialog.js";
import { Empty } from "./components/empty.js";
import { Icon } from "./components/icon.js";
import { useModule } from "./components/later.js";
import { Page } from "./components/page.js";
import { Skeleton } from "./components/skeleton.js";
import { Toasts } from "./components/toasts.js";
import { html, useEffect, useRef } from "./html.js";
import { t } from "./i18n.js";
import { PAGES, find } from "./pages.js";
import { usePolling } from "./polling.js";
import { href, route } from "./router.js";
import { announced, loadConnection } from "./state.js";

const IN_BAR = 5;
const CONNECTION_EVERY = 20_000;

export function Shell() {
  usePolling(loadConnection, { moves: () => true, every: CONNECTION_EVERY });
  const admin = account.value?.admin ?? false;
  const { path, query } = route.value;
  const found = find(path, admin);
  const entries = PAGES.filter((page) => page.icon && (admin || !page.admin));
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t("shell.skip")}</a>
    <div class="shell">
      <${Rail} entries=${entries} path=${path} />
      <div class="content">
        ${!online.value && html`<p class="offline" role="status"><${Icon} name="alert" size=${16} />${t("shell.offline")}</p>`}
        ${found
          ? html`<${Loaded} key=${found.page.same ?? found.page.path} page=${found.page} params=${found.params} query=${query} />`
          : html`<${NotFound} />`}
        <footer>${t("shell.notice")}</footer>
      </div>
      <${BottomBar} entries=${entries} path=${path} />
    </div>
    <p class="sr" role="status" aria-live="polite">${announced.value}</p>
    <${Toasts} />
    <${DialogPlace} />
  `;
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault(); // the hash is the page's address
  document.getElementById("main")?.focus();
}

/** @typedef {import("./pages.js").PageEntry} PageEntry */

/** @param {{entries: PageEntry[], path: string}} props */
function Rail({ entries, path }) {
  return html`<nav class="rail" aria-label=${t("shell.pages")}>
    <a class="brand" href=${href("/")}><span class="mark" aria-hidden="true">H</span>Hidra</a>
    <ul>
      ${entries.map((page) => html`<li key=${page.path}><${Place} page=${page} path=${path} /></li>`)}
    </ul>
  </nav>`;
}

/** @param {{entries: PageEntry[], path: string}} props */
function BottomBar({ entries, path }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  useEffect(() => menu.current?.removeAttribute("open"), [path]);
  const shown = entries.length > IN_BAR ? entries.slice(0, IN_BAR - 1) : entries;
  const rest = entries.slice(shown.length);
  return html`<nav class="bottom" aria-label=${t("shell.pages")}>
    ${shown.map((page) => html`<${Place} key=${page.path} page=${page} path=${path} />`)}
    ${rest.length > 0 &&
    html`<details ref=${menu}>
      <summary aria-current=${rest.some((page) => isHere(page, path)) ? "true" : undefined}><${Icon} name="more" /><span>${t("common.more")}</span></summary>
      <div class="sheet">${rest.map((page) => html`<${Place} key=${page.path} page=${page} path=${path} />`)}</div>
    </details>`}
  </nav>`;
}

/** Whether this page, or one below it, is shown. @param {PageEntry} page @param {string} path */
const isHere = (page, path) => path === page.path || (page.path !== "/" && path.startsWith(`${page.path}/`));

/** @param {{page: PageEntry, path: string}} props */
function Place({ page, path }) {
  return html`<a href=${href(page.path)} aria-current=${isHere(page, path) ? "page" : undefined}>
    <${Icon} name=${/** @type {any} */ (page.icon)} /><span>${t(page.title)}</span>
  </a>`;
}

/** @param {{page: PageEntry, params: Record<string, string>, query: Record<string, string>}} props */
function Loaded({ page, params, query }) {
  const loaded = useModule(page.load);
  const last = useRef(loaded);
  // Entries with the same word have the same module: what it shows stays while the other one is asked for.
  const module = (last.current = loaded ?? last.current);
  if (!module) return html`<${Page} title=${t(page.title)}><${Skeleton} /><//>`;
  return html`<${module.default} params=${params} query=${query} />`;
}

function NotFound() {
  return html`<${Page} title=${t("shell.not_found")}>
    <${Empty}
      icon="question"
      title=${t("shell.not_found_text")}
      action=${html`<a class="button primary" href=${href("/")}>${t("overview.title")}</a>`}
    />
  <//>`;
}
