/** Every message to a person, the latest first, each with its text and its story. */
import { html } from "../html.js";
import { phoneText, when } from "../format.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { href } from "../router.js";
import { Bubble } from "./bubble.js";
import { Empty } from "./empty.js";
import { Icon } from "./icon.js";
import { Status } from "./status.js";
import { Story, latestOf, reasonText } from "./story.js";
import { Pager } from "./table.js";
import { Time } from "./time.js";

/** @typedef {import("hidra-api").Person} Person */
/** @typedef {import("hidra-api").PersonsMessage} Message */

/** @param {{person: Person, phone: string, first: boolean}} props */
export function PersonMessages({ person, phone, first }) {
  const none = !person.messages.length && !person.direct_messages.length;
  return html`<section>
    <h2>${t("person.messages.title")}</h2>
    ${none && first && html`<${Empty} icon="send" title=${t("person.messages.empty")}>${t("person.messages.empty_text")}<//>`}
    ${person.messages.length > 0 &&
    html`<ul class="rows">
      ${person.messages.map((it) => html`<li key=${`${it.run_id} ${it.provider_message_id}`}><${One} message=${it} phone=${phone} /></li>`)}
    </ul>`}
    ${person.direct_messages.length > 0 &&
    html`<h3>${t("person.messages.direct")}</h3>
      <ul class="rows">
        ${person.direct_messages.map(
          (it) => html`<li class="row line" key=${it.id}>
            <span class="name">${t(`person.messages.${it.kind}`)}</span>
            <span class="quiet"><${Time} at=${it.claimed_at} /></span>
          </li>`,
        )}
      </ul>`}
    <${Pager} next=${person.next_cursor} />
  </section>`;
}

/** @param {{message: Message, phone: string}} props */
function One({ message, phone }) {
  const at = latestOf(message);
  const path = `/campaigns/${message.campaign_id}`;
  return html`<details class="unfold">
    <summary>
      <span class="row-name"><span class="name">${message.campaign_name}</span></span>
      <span class="row-reason quiet">${reasonText(message)}</span>
      <span class="row-time quiet numbers">${at && when(at)}</span>
      <${Status} kind="recipient" state=${message.status} />
      <${Icon} name="next" size=${16} />
    </summary>
    <div class="story-text">
      ${message.text ? html`<${Bubble} text=${message.text} media=${message} />` : html`<p class="quiet">${t("person.messages.no_text")}</p>`}
      ${message.phone !== phone && html`<p class="quiet numbers">${t("person.messages.earlier_phone", { phone: phoneText(message.phone) })}</p>`}
    </div>
    <${Story} message=${message} />
    ${exists(path) && html`<p class="story-link"><a href=${href(path)}>${t("person.messages.open")}</a></p>`}
  </details>`;
}
