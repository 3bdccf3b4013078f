/** What stands where a thing is not found: it was deleted, or belongs to another account, which look the same. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { Empty } from "./empty.js";
import { Page } from "./page.js";

/** @param {{back: {href: string, text: string}}} props the place that leads on */
export function Missing({ back }) {
  return html`<${Page} title=${t("shell.not_found")}>
    <${Empty}
      icon="question"
      title=${t("shell.not_found_text")}
      action=${html`<a class="button primary" href=${back.href}>${back.text}</a>`}
    />
  <//>`;
}

/** Whether a failure says that the address names nothing of this account. @param {import("../api.js").Failure | undefined} failure */
export const isMissing = (failure) => failure?.status === 404 || failure?.status === 422;
