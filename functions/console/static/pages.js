/**
 * The pages: their address, where they stand in the rail, and the module that draws them, which is loaded when it is
 * first needed. A page without `icon` is not in the rail. Its module exports the component as `default`, which gets the
 * parameters of the path and the query of the address.
 *
 * @typedef {object} PageEntry
 * @property {string} path
 * @property {string} title the key of its name
 * @property {import("./components/icon.js").IconName} [icon]
 * @property {boolean} [admin] for admins only
 * @property {string} [same] entries with the same word are one page: going from one to the other keeps what it shows
 * @property {() => Promise<{default: (props: {params: Record<string, string>, query: Record<string, string>}) => any}>} load
 */
import { match } from "./router.js";

/** In the order of the rail. @type {PageEntry[]} */
export const PAGES = [
  { path: "/", title: "overview.title", icon: "home", load: () => import("./pages/overview.js") },
  { path: "/campaigns", title: "campaigns.title", icon: "campaign", load: () => import("./pages/campaigns.js") },
  { path: "/campaigns/new", title: "wizard.title", same: "wizard", load: () => import("./pages/campaign_edit.js") },
  { path: "/campaigns/:id/edit", title: "wizard.title", same: "wizard", load: () => import("./pages/campaign_edit.js") },
  { path: "/campaigns/:id", title: "campaign.title", load: () => import("./pages/campaign.js") },
  { path: "/contacts", title: "contacts.title", icon: "people", load: () => import("./pages/contacts.js") },
  { path: "/contacts/:id", title: "person.title", load: () => import("./pages/person.js") },
  { path: "/opt-outs", title: "opt_outs.title", load: () => import("./pages/opt_outs.js") },
  { path: "/imports", title: "imports.title", icon: "import", load: () => import("./pages/imports.js") },
  { path: "/imports/new", title: "imports.new.title", load: () => import("./pages/import_new.js") },
  { path: "/imports/:id", title: "imports.single", load: () => import("./pages/import.js") },
  { path: "/segments", title: "segments.title", icon: "segment", load: () => import("./pages/segments.js") },
  { path: "/segments/:id", title: "segments.single", load: () => import("./pages/segment.js") },
  { path: "/templates", title: "templates.title", icon: "template", load: () => import("./pages/templates.js") },
  { path: "/templates/new", title: "templates.new", load: () => import("./pages/template.js") },
  { path: "/templates/:id", title: "templates.single", load: () => import("./pages/template.js") },
  { path: "/connection", title: "connection.title", icon: "connection", load: () => import("./pages/connection.js") },
  { path: "/settings", title: "settings.title", icon: "settings", load: () => import("./pages/settings.js") },
  { path: "/admin", title: "admin.title", icon: "admin", admin: true, load: () => import("./pages/admin.js") },
];

/** @param {string} path @param {boolean} admin */
export function find(path, admin) {
  for (const page of PAGES) {
    const params = match(page.path, path);
    if (params && (admin || !page.admin)) return { page, params };
  }
  return null;
}

/** Whether there is such a page: what leads to it is shown only then. @param {string} path */
export const exists = (path) => find(path, false) !== null;
