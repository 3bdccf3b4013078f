/** The question before an action that cannot be taken back; it names the thing. */
import { html, signal, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {any} [body]
 * @property {string} action the button's text: a verb and the thing
 * @property {boolean} [danger]
 * @property {string} [back] the text of the way back, where "cancel" could be the action
 * @property {string} [typed] the name that has to be typed, if the action reaches many
 */

/** @type {import("@preact/signals").Signal<(Question & {answer: (yes: boolean) => void}) | null>} */
const asked = signal(null);

/**
 * Ask; true once the person has confirmed.
 *
 * @param {Question} question
 * @returns {Promise<boolean>}
 */
export function confirm(question) {
  return new Promise((answer) => {
    asked.value = { ...question, answer };
  });
}

/** Where questions appear; once, in the shell. */
export function DialogPlace() {
  const question = asked.value;
  return question && html`<${Dialog} key=${question.title} ...${question} />`;
}

/** @param {Question & {answer: (yes: boolean) => void}} props */
function Dialog({ title, body, action, danger, back, typed, answer }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [text, setText] = useState("");
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  /** @param {boolean} yes */
  const close = (yes) => {
    dialog.current?.close();
    asked.value = null;
    answer(yes);
  };
  const ready = typed === undefined || text.trim() === typed.trim();
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    if (ready) close(true);
  };
  return html`<dialog ref=${dialog} aria-labelledby="question" onCancel=${() => close(false)}>
    <form onSubmit=${submit}>
      <h2 id="question">${title}</h2>
      ${body && html`<div class="body">${body}</div>`}
      ${typed !== undefined &&
      html`<label class="field">
        <span>${t("dialog.type", { name: typed })}</span>
        <input value=${text} autocomplete="off" onInput=${(/** @type {any} */ event) => setText(event.target.value)} />
      </label>`}
      <div class="buttons">
        <button type="button" onClick=${() => close(false)}>${back ?? t("common.cancel")}</button>
        <button class=${danger ? "primary danger" : "primary"} disabled=${!ready}>${action}</button>
      </div>
    </form>
  </dialog>`;
}
