/** The last card: what the API predicts, in words; who is left out and why; how it reads; a test; the start. */
import { clock, duration, phoneText, when } from "../format.js";
import { html } from "../html.js";
import { codeText, t } from "../i18n.js";
import { exists } from "../pages.js";
import { href } from "../router.js";
import { connection } from "../state.js";
import { Bar } from "./bar.js";
import { Notice } from "./notice.js";
import { Problem } from "./problem.js";
import { ReadAs, sent, useReadings } from "./read_as.js";
import { SendingDays } from "./sending_days.js";
import { Skeleton } from "./skeleton.js";
import { TestMessage } from "./test_message.js";

/** @typedef {import("hidra-api").Preflight} Preflight */
/** @typedef {import("hidra-api").LeftOut} LeftOut */

/** What a warning is about: the card that mends it, or a page. @type {Record<string, string>} */
const ABOUT = {
  "no-connection": "/connection",
  "connection-not-connected": "/connection",
  "number-never-sent": "/connection",
  "connection-probed": "/connection",
  "server-slow": "/connection",
  "takes-long": "time",
  "ends-after-not-after": "time",
  "pace-above-connection": "time",
  "pace-risks-ban": "time",
  "segment-empty": "audience",
  "segment-too-large": "audience",
  "nothing-to-send": "audience",
  "similar-name": "message",
  "single-braces": "message",
  "other-placeholders": "message",
  "text-too-long": "message",
};
const GRAVE = ["no-connection", "segment-empty", "segment-too-large", "nothing-to-send"];

/**
 * @param {object} props
 * @param {import("./preflight.js").Forecast} props.forecast
 * @param {import("./forecast.js").Expected} props.expected
 * @param {import("hidra-api").Campaign} props.campaign
 * @param {import("hidra-api").Template | undefined} props.template
 * @param {import("hidra-api").Contact[] | undefined} props.people
 * @param {boolean} props.unsaved whether there are changes that the prediction does not know
 * @param {(step: string) => void} props.open another card
 */
export function Check({ forecast, expected, campaign, template, people, unsaved, open }) {
  const { data, failure, fresh, ask } = forecast;
  const readings = useReadings(template?.body ?? "", data && receiving(people, data), sent);
  if (!data) return failure ? html`<${Problem} failure=${failure} retry=${() => ask().catch(() => {})} />` : html`<${Skeleton} lines=${4} />`;
  return html`
    ${unsaved && html`<${Notice}><p>${t("wizard.check.unsaved")}</p><//>`}
    <${Problem} failure=${failure} retry=${() => ask().catch(() => {})} />
    <div class="checked" aria-busy=${!fresh}>
      <p class="lead">${sentence(data)}</p>
      <p>${timing(expected, data)}</p>
      ${data.recipients > 0 && html`<${Bar} parts=${parts(data)} total=${data.recipients} legend />`}
    </div>
    ${data.warnings.map(
      ({ code, message }) => html`<${Notice} key=${code} tone=${GRAVE.includes(code) ? "red" : "amber"} action=${way(code, open)}>
        <p>${codeText("preflight", code)}</p>
        ${code === "similar-name" && similar(message).map((text) => html`<p key=${text}>${text}</p>`)}
      <//>`,
    )}
    ${data.will_not.length > 0 &&
    html`<section>
      <h3>${t("wizard.check.will_not")}</h3>
      <ul class="rows">${data.will_not.map((left) => html`<${Left} key=${left.reason} left=${left} />`)}</ul>
    </section>`}
    ${data.days.length > 0 && html`<section><h3>${t("wizard.time.days")}</h3><${SendingDays} forecast=${data} window=${campaign.send_window} /></section>`}
    ${template &&
    html`<div class="beside">
      <${ReadAs} readings=${readings} body=${template.body} media=${template} title=${t("wizard.message.reads")} />
      <${TestMessage} campaign_id=${campaign.id} person=${readings.texts?.[0]?.contact} />
    </div>`}
  `;
}

/** The first people without those that the API names as left out. @param {import("hidra-api").Contact[] | undefined} people @param {Preflight} preflight */
export function receiving(people, preflight) {
  const without = new Set(preflight.will_not.flatMap((left) => left.examples.map((example) => example.contact_id)));
  return people?.filter((person) => !without.has(person.id));
}

/** @param {Preflight} preflight */
function sentence({ recipients, will_receive }) {
  if (!recipients) return t("wizard.check.no_people");
  const name = connection.value?.instance_name;
  const reached =
    recipients === will_receive
      ? t("wizard.check.all", { count: will_receive })
      : t("wizard.check.some", { count: will_receive, recipients });
  return name ? `${reached} ${t("wizard.check.through", { name })}` : reached;
}

/** When it begins and ends, in a sentence. @param {import("./forecast.js").Expected} expected @param {Preflight} preflight */
export function timing(expected, preflight) {
  const { end, seconds } = expected;
  if (!preflight.will_receive) return "";
  const begins = expected.at ? t("wizard.check.begins", { time: when(expected.at) }) : t("wizard.check.begins_now");
  if (!end) return `${begins} ${t("wizard.check.ends_late")}`;
  const start = expected.at ?? new Date();
  const time = end.toDateString() === start.toDateString() ? clock(end) : when(end);
  return `${begins} ${t("wizard.check.ends", { time, duration: duration(seconds ?? 0) })}`;
}

/** @param {Preflight} preflight */
function parts({ will_receive, will_not }) {
  const left = will_not.reduce((sum, { recipients }) => sum + recipients, 0);
  return [
    { tone: /** @type {const} */ ("teal"), count: will_receive, text: t("wizard.check.receive", { count: will_receive }) },
    { tone: /** @type {const} */ ("slate"), count: left, text: t("wizard.check.left_out", { count: left }) },
  ];
}

/** @param {{left: LeftOut}} props */
function Left({ left }) {
  const rest = left.recipients - left.examples.length;
  return html`<li class="row left-out">
    <p class="row-head">
      <span>${codeText("error", left.reason)}</span><b class="numbers">${t("wizard.people", { count: left.recipients })}</b>
    </p>
    <ul class="examples">
      ${left.examples.map(
        ({ contact_id, phone, detail }) => html`<li key=${contact_id}>
          ${exists(`/contacts/${contact_id}`) ? html`<a href=${href(`/contacts/${contact_id}`)}>${phoneText(phone)}</a>` : phoneText(phone)}
          ${detail && left.reason === "unresolved_variable" && html`<span class="quiet"> ${t("wizard.check.lacks", { names: missing(detail) })}</span>`}
        </li>`,
      )}
      ${rest > 0 && html`<li class="quiet">${t("wizard.check.more", { count: rest })}</li>`}
    </ul>
  </li>`;
}

/** The API says "No value for: pontos, cidade". @param {string} detail */
const missing = (detail) => detail.replace(/^No value for: /, "");

/** The API names each placeholder and the attribute that it may mean. @param {string} message */
const similar = (message) =>
  [...message.matchAll(/\{\{(.+?)\}\}.*?\{\{(.+?)\}\}/g)].map(([, name, other]) => t("blocked.similar", { name, similar: other }));

/** @param {string} code @param {(step: string) => void} open */
function way(code, open) {
  const place = ABOUT[code];
  if (!place) return null;
  if (place.startsWith("/")) return html`<a class="button" href=${href(place)}>${t("wizard.check.connect")}</a>`;
  return html`<button class="button" onClick=${() => open(place)}>${t(`wizard.check.change_${place}`)}</button>`;
}
