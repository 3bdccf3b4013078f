/** A failure in words: what happened, and what to do next. */
import { html, useEffect, useRef } from "../html.js";
import { codeText, t } from "../i18n.js";
import { Icon } from "./icon.js";

/**
 * The sentence for a failure of the API.
 *
 * @param {import("../api.js").Failure} failure
 */
export function problemText(failure) {
  if (failure.code === "network") return t("problem.network");
  const { limit, recipients } = failure.problem;
  return codeText("problem", failure.code, {
    ...(limit === undefined ? {} : { limit }),
    ...(recipients === undefined ? {} : { recipients }),
  });
}

/**
 * What a person's own action has failed with comes into view, with the focus.
 *
 * @param {object} props
 * @param {import("../api.js").Failure | undefined} props.failure
 * @param {() => void} [props.retry] of something that is read
 * @param {boolean} [props.quiet] it comes while the person does something else
 */
export function Problem({ failure, retry, quiet = Boolean(retry) }) {
  const notice = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (failure && !quiet) notice.current?.focus();
  }, [failure]);
  if (!failure) return null;
  const campaigns = failure.problem.campaigns ?? [];
  return html`<div class="notice red" role="alert" tabindex="-1" ref=${notice}>
    <${Icon} name="alert" />
    <div>
      <p>${problemText(failure)}</p>
      ${campaigns.length > 0 && html`<p>${campaigns.map((it) => it.name).join(", ")}</p>`}
      ${retry && failure.passing && html`<button onClick=${retry}>${t("common.retry")}</button>`}
    </div>
  </div>`;
}
