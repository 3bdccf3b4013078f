/** A new campaign, or one that has not started. */
import { call } from "../api.js";
import { useChoices } from "../components/choices.js";
import { Empty } from "../components/empty.js";
import { Missing, isMissing } from "../components/missing.js";
import { Page } from "../components/page.js";
import { Reading } from "../components/reading.js";
import { BACK, Wizard } from "../components/wizard.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { usePolling } from "../polling.js";
import { href, replacePath, route } from "../router.js";

/** @typedef {import("hidra-api").Campaign} Campaign */

/** @param {{params: Record<string, string>, query: Record<string, string>}} props */
export default function CampaignEdit({ params, query }) {
  const made = useRef(/** @type {string | null} */ (null));
  const [turn, setTurn] = useState(0);
  // The browser's back button leads to the address that the draft had before it was made.
  const id = params.id ?? made.current ?? undefined;
  useEffect(() => {
    if (id && id !== params.id) replacePath(`/campaigns/${id}/edit`, query);
  }, [id, params.id]);
  const shown = useRef({ id, key: 0 });
  // The address of a draft that was just made is still that of the same page; any other one starts anew.
  if (id !== shown.current.id) {
    shown.current = { id, key: shown.current.key + (id && id === made.current ? 0 : 1) };
  }
  /** @param {Campaign} campaign */
  const onCreated = (campaign) => {
    made.current = campaign.id;
    replacePath(`/campaigns/${campaign.id}/edit`, route.value.query);
  };
  return html`<${Opened} key=${`${shown.current.key} ${turn}`} id=${id} query=${query} onCreated=${onCreated} restart=${() => setTurn(turn + 1)} />`;
}

/** @param {{id: string | undefined, query: Record<string, string>, onCreated: (campaign: Campaign) => void, restart: () => void}} props */
function Opened({ id, query, onCreated, restart }) {
  const [opened] = useState(id);
  const choices = useChoices();
  const found = usePolling(async () => (opened ? call("get_campaign", { campaign_id: opened }) : null), { key: opened });
  const first = useRef(/** @type {Campaign | null | undefined} */ (undefined));
  first.current ??= found.data; // what is saved meanwhile is this page's own doing
  const failure = choices.failure ?? found.failure;
  if (isMissing(found.failure)) return html`<${Missing} back=${BACK} />`;
  if (!choices.data || first.current === undefined) {
    return html`<${Page} title=${t(opened ? "wizard.edit" : "wizard.title")} back=${BACK}>
      <${Reading} failure=${failure} reload=${() => (choices.reload(), found.reload())} lines=${4} tall />
    <//>`;
  }
  const campaign = first.current;
  if (campaign && !(campaign.status === "draft" || (campaign.status === "scheduled" && !campaign.started_at))) {
    const path = `/campaigns/${campaign.id}`;
    return html`<${Page} title=${campaign.name} back=${BACK}>
      <${Empty}
        icon="send"
        title=${t("wizard.started")}
        action=${html`<a class="button primary" href=${href(exists(path) ? path : "/campaigns")}>${t("wizard.started_action")}</a>`}
      />
    <//>`;
  }
  return html`<${Wizard} opened=${campaign} query=${query} choices=${choices.data} onCreated=${onCreated} restart=${restart} />`;
}
