/** The question before a campaign starts, and the start: nothing sends by surprise. */
import { call } from "../api.js";
import { nameOf } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { connection } from "../state.js";
import { Bubble } from "./bubble.js";
import { MANY } from "./campaign_actions.js";
import { confirm } from "./dialog.js";
import { instant } from "./draft.js";
import { readAs, sent } from "./read_as.js";
import { receiving, timing } from "./wizard_check.js";

/**
 * Ask, and start or schedule the draft; true if it is done. Throws Failure.
 *
 * @param {object} given
 * @param {import("hidra-api").Campaign} given.campaign
 * @param {import("./draft.js").Values} given.values
 * @param {import("hidra-api").Preflight} given.preflight of now
 * @param {import("./forecast.js").Expected} given.expected of now
 * @param {import("hidra-api").Template | undefined} given.template
 * @param {import("hidra-api").Contact[] | undefined} given.people
 */
export async function startCampaign({ campaign, values, preflight, expected, template, people }) {
  const count = preflight.will_receive;
  const sample = template && (await firstReading(template, receiving(people, preflight) ?? []));
  const instance = connection.value?.instance_name ?? "";
  const connected = connection.value?.status === "connected";
  const yes = await confirm({
    title: t(values.at ? "wizard.start.title_later" : "wizard.start.title_now", { name: campaign.name }),
    body: html`
      <p class="reaches">${t("wizard.start.reaches", { count, name: instance })}</p>
      <p>${timing(expected, preflight)}</p>
      ${!connected && html`<p>${t("wizard.start.not_connected")}</p>`}
      ${sample &&
      html`<p>${sample.person ? t("wizard.start.reads", { name: sample.person }) : t("wizard.message.reads")}</p>
        <${Bubble} text=${sample.text} media=${template} />`}
    `,
    action: t(values.at ? "wizard.start.schedule" : "wizard.start.now"),
    ...(count > MANY ? { typed: campaign.name } : {}),
  });
  if (!yes) return false;
  const campaign_id = campaign.id;
  if (values.at) {
    const not_after = values.until ? instant(values.until).toISOString() : null;
    await call("schedule_campaign", { campaign_id }, { scheduled_at: instant(values.at).toISOString(), not_after });
  } else await call("start_campaign", { campaign_id });
  return true;
}

/**
 * What the first one reads, as the check has shown; the bare text if no person's values are known.
 *
 * @param {import("hidra-api").Template} template
 * @param {import("hidra-api").Contact[]} people
 */
async function firstReading(template, people) {
  const bare = { text: template.body, person: null };
  if (!people.length) return bare;
  const { texts } = await readAs(template.body ?? "", people);
  const [first] = sent(texts);
  return first.missing.length ? bare : { text: first.text, person: nameOf(first.contact) };
}
