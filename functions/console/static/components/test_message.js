/** The campaign's message to one's own number, before it goes to others; it is in no count. */
import { call } from "../api.js";
import { nameOf } from "../format.js";
import { html, useState } from "../html.js";
import { codeText, t } from "../i18n.js";
import { Field } from "./field.js";
import { Notice } from "./notice.js";
import { Problem } from "./problem.js";

/** @type {Record<string, import("./status.js").Tone>} */
const TONES = { sent: "green", refused: "red", not_sent: "red", unknown: "violet" };

/**
 * @param {object} props
 * @param {string} props.campaign_id
 * @param {import("hidra-api").Contact | undefined} props.person whose values it has
 */
export function TestMessage({ campaign_id, person }) {
  const [phone, setPhone] = useState("");
  const [asked, setAsked] = useState(/** @type {Record<string, string>} */ ({}));
  const [state, setState] = useState(/** @type {{sending?: boolean, failure?: any, result?: import("hidra-api").TrialResult}} */ ({}));

  /** @param {Event} event */
  const send = async (event) => {
    event.preventDefault();
    setState({ sending: true });
    const filled = Object.fromEntries(Object.entries(asked).filter(([, value]) => value.trim()));
    try {
      const body = { phone: phone.trim(), ...(person ? { contact_id: person.id } : {}), variables: filled };
      setState({ result: await call("test_send", { campaign_id }, body) });
    } catch (/** @type {any} */ failure) {
      for (const { field } of failure.problem?.errors ?? []) {
        const name = field.replace(/^variables\./, "");
        if (name !== field) setAsked((before) => ({ [name]: "", ...before }));
      }
      setState({ failure });
    }
  };
  const { result } = state;
  return html`<form class="test" onSubmit=${send}>
    <h3>${t("wizard.test.title")}</h3>
    <p class="hint">${person ? t("wizard.test.text", { name: nameOf(person) }) : t("wizard.test.raw")}</p>
    <div class="test-line">
      <${Field} label=${t("wizard.test.phone")} error=${state.failure?.of?.("phone") && t("wizard.test.phone_wrong")}>
        ${(/** @type {Record<string, any>} */ given) =>
          html`<input
            ...${given}
            type="tel"
            required
            autocomplete="tel"
            placeholder="(11) 98765-4321"
            value=${phone}
            onInput=${(/** @type {any} */ event) => setPhone(event.target.value)}
          />`}
      <//>
      ${Object.keys(asked).map(
        (name) => html`<${Field} key=${name} label=${name}>
          ${(/** @type {Record<string, any>} */ given) =>
            html`<input
              ...${given}
              value=${asked[name]}
              onInput=${(/** @type {any} */ event) => setAsked({ ...asked, [name]: event.target.value })}
            />`}
        <//>`,
      )}
      <button disabled=${state.sending} aria-busy=${state.sending ? "true" : undefined}>
        ${t(state.sending ? "wizard.test.sending" : "wizard.test.send")}
      </button>
    </div>
    <div role="status">
      ${result &&
      html`<${Notice} tone=${TONES[result.outcome]} icon=${result.outcome === "sent" ? "check" : "alert"}>
        <p>${t(`wizard.test.${result.outcome}`)}</p>
        ${result.error_code && html`<p>${codeText("error", result.error_code)}</p>`}
      <//>`}
    </div>
    <${Problem} failure=${state.failure} />
  </form>`;
}
