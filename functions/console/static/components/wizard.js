/** A campaign in the making: four cards in their order, and what they amount to beside them. */
import { campaignActions } from "./campaign_actions.js";
import { NEEDED, instant, local, useDraft, wrongFields } from "./draft.js";
import { Field } from "./field.js";
import { expectedOf } from "./forecast.js";
import { Labels } from "./labels.js";
import { useModule } from "./later.js";
import { Menu } from "./menu.js";
import { Notice } from "./notice.js";
import { Page } from "./page.js";
import { usePeople } from "./people.js";
import { cannotStart, usePreflight } from "./preflight.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";
import { Audience } from "./wizard_audience.js";
import { Card } from "./wizard_card.js";
import { Message } from "./wizard_message.js";
import { Summary } from "./wizard_summary.js";
import { when } from "../format.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { href, navigate, openPart, replacePath, setQuery } from "../router.js";
import { toast } from "../state.js";

/** @typedef {import("hidra-api").Campaign} Campaign */

const STEPS = /** @type {const} */ (["audience", "message", "time", "check"]);
/** The fields of each card; the next one opens when they are right. @type {Record<string, string[]>} */
const FIELDS = {
  audience: ["segment_id", "not_contacted_for_days", "skip_not_on_whatsapp_days"],
  message: ["template_id"],
  time: ["at", "until", "max_messages_per_minute", "send_window"],
};
const loadTime = () => import("./wizard_time.js");
const loadCheck = () => import("./wizard_check.js");
const loadStart = () => import("./start_campaign.js");
/** Where it belongs to. */
export const BACK = { href: href("/campaigns"), get text() { return t("campaigns.title"); } };

/**
 * @param {object} props
 * @param {Campaign | null} props.opened
 * @param {Record<string, string>} props.query
 * @param {import("./choices.js").Choices} props.choices
 * @param {(campaign: Campaign) => void} props.onCreated
 * @param {() => void} props.restart read the campaign again
 */
export function Wizard({ opened, query, choices, onCreated, restart }) {
  const draft = useDraft(opened, query, onCreated);
  const { values, campaign } = draft;
  const scheduled = opened?.status === "scheduled";
  const wrong = wrongFields(values);
  if (scheduled && !values.at) wrong.add("at");
  const segment = choices.segments.find((each) => each.id === values.segment_id);
  const template = choices.templates.find((each) => each.id === values.template_id);
  const people = usePeople(values.segment_id);
  const later = !scheduled && values.at && !wrong.has("at") ? instant(values.at).toISOString() : null;
  const forecast = usePreflight(campaign?.id, draft.version, later);
  const expected = expectedOf(values, segment, forecast.data);
  const [failure, setFailure] = useState(/** @type {any} */ (undefined));
  useEffect(() => {
    // The address may name the people and the text.
    if (!opened && !values.name && segment && template) draft.change({ name: proposedName(template, segment) });
  }, []);
  const [starting, setStarting] = useState(false);
  useMinutes();
  const first = useRef(JSON.stringify(values));
  const lacks = !campaign && NEEDED.some((field) => wrong.has(field)) && JSON.stringify(values) !== first.current;
  useUnsaved(lacks || (draft.dirty && Boolean(scheduled || draft.failure)), values.name.trim() || t("wizard.title"));

  const done = STEPS.map((step) => (FIELDS[step] ?? []).every((field) => !wrong.has(/** @type {any} */ (field))));
  const reachable = (/** @type {number} */ index) => done.slice(0, index).every(Boolean) && (index < 3 || campaign !== null);
  const furthest = [3, 2, 1, 0].find(reachable) ?? 0;
  const asked = STEPS.findIndex((step) => step === query.step);
  const current = Math.min(asked >= 0 ? asked : opened ? 3 : 0, furthest);
  const seen = useRef(current);
  seen.current = Math.max(seen.current, current);
  useEffect(() => {
    // The address of a card that was opened before may lack the times.
    const { at, until } = values;
    if (!scheduled && ((query.at ?? "") !== at || (query.until ?? "") !== until)) setQuery({ at, until });
  }, [query]);
  /** A card that is done has been opened, and it reaches people. @param {number} index */
  const ticked = (index) => index < 3 && done[index] && index <= seen.current && (index > 0 || Boolean(segment?.total_contacts));
  // Each is there when its card opens: the card before it has asked for it.
  const time = useModule((current === 1 || current === 2) && loadTime);
  const check = useModule(current >= 2 && loadCheck);
  const starter = useModule(current === 3 && loadStart);
  /** @param {string} step */
  const open = (step) => openPart({ step });

  /** @param {Partial<import("./draft.js").Values>} changes */
  const change = (changes) => {
    const own = values.name.trim() && values.name !== proposedName(template, segment);
    const now = { ...values, ...changes };
    const proposed = proposedName(
      choices.templates.find((each) => each.id === now.template_id),
      choices.segments.find((each) => each.id === now.segment_id),
    );
    const renames = !own && !("name" in changes) && now.template_id && ("template_id" in changes || "segment_id" in changes);
    draft.change(renames ? { ...changes, name: proposed } : changes);
    if (!scheduled && ("at" in changes || "until" in changes)) {
      setQuery({ at: changes.at ?? values.at, until: changes.until ?? values.until });
    }
  };
  /** @param {import("hidra-api").Template} chosen */
  const choose = (chosen) => change({ template_id: chosen.id });

  const start = async () => {
    setStarting(true);
    setFailure(undefined);
    try {
      const saved = await draft.save();
      if (!saved) return;
      const preflight = await forecast.ask();
      const now = expectedOf(values, segment, preflight);
      if (!starter || cannotStart(preflight) || !(await starter.startCampaign({ campaign: saved, values, preflight, expected: now, template, people }))) return;
      toast(values.at ? t("wizard.start.scheduled", { time: when(/** @type {Date} */ (expected.at)) }) : t("wizard.start.started"));
      const path = `/campaigns/${saved.id}`;
      navigate(exists(path) ? path : "/campaigns");
    } catch (problem) {
      setFailure(problem);
    } finally {
      setStarting(false);
    }
  };
  const save = async () => {
    setStarting(true);
    if (await draft.save()) toast(t("wizard.saved.done"));
    setStarting(false);
  };

  const ready = starter && forecast.data && forecast.fresh && !cannotStart(forecast.data) && !draft.dirty && !wrong.size;
  const action = scheduled
    ? draft.dirty && html`<button class="primary" disabled=${starting || wrong.size > 0} onClick=${save}>${t("wizard.save")}</button>`
    : ready && html`<button class="primary" disabled=${starting} onClick=${start}>${t(values.at ? "wizard.schedule" : "wizard.go")}</button>`;
  /** @param {import("./campaign_actions.js").Change} change */
  const after = (change) => {
    if (change === "delete" || change === "cancel") return navigate("/campaigns");
    const times = change === "unschedule" ? { at: local(campaign?.scheduled_at), until: local(campaign?.not_after) } : {};
    replacePath(`/campaigns/${campaign?.id}/edit`, { step: query.step, ...times });
    restart();
  };
  const more = campaign && html`<${Menu} actions=${campaignActions(campaign, after).filter(({ name }) => name !== "edit")} />`;
  const title = values.name.trim() || t(opened ? "wizard.edit_title" : "wizard.title");
  const body = {
    audience: () => html`<${Audience} values=${values} wrong=${wrong} change=${change} segments=${choices.segments} />`,
    message: () => html`<${Message} values=${values} choose=${choose} templates=${choices.templates} people=${people} />`,
    time: () => time && html`<${time.Timing} values=${values} wrong=${wrong} change=${change} scheduled=${scheduled} expected=${expected} forecast=${forecast} />`,
    check: () =>
      check && campaign && html`<${check.Check} forecast=${forecast} expected=${expected} campaign=${campaign} template=${template} people=${people} unsaved=${scheduled && draft.dirty} open=${open} />`,
  };
  const facts = {
    audience: segment && `${segment.name} · ${t("wizard.people", { count: segment.total_contacts })}`,
    message: template?.title,
    time: expected.at ? t("wizard.starts", { time: when(expected.at) }) : t("wizard.starts_now"),
    check: "",
  };
  return html`<${Page} title=${title} back=${BACK} action=${action} more=${more}>
    <div class="wizard">
      <div class="wizard-cards">
        ${scheduled &&
        html`<${Notice} icon="clock" tone="blue">
          <p>${t("wizard.is_scheduled", { time: when(/** @type {string} */ (campaign?.scheduled_at)) })}</p>
        <//>`}
        <${Problem} failure=${failure ?? (scheduled ? draft.failure : undefined)} />
        <div class="naming">
          <${Field} label=${t("wizard.name")} error=${campaign && wrong.has("name") && t("wizard.name_wrong")}>
            ${(/** @type {Record<string, any>} */ given) =>
              html`<input
                ...${given}
                maxlength="200"
                autocomplete="off"
                placeholder=${t("wizard.name_hint")}
                value=${values.name}
                onInput=${(/** @type {any} */ event) => change({ name: event.target.value })}
              />`}
          <//>
          <${Labels} labels=${values.labels} onChange=${(/** @type {string[]} */ labels) => change({ labels })} />
        </div>
        ${STEPS.map(
          (step, index) => html`<${Card}
            key=${step}
            number=${index + 1}
            title=${t(`wizard.step.${step}`)}
            question=${t(`wizard.question.${scheduled && step === "check" ? "scheduled" : step}`)}
            fact=${facts[step]}
            open=${index === current}
            reachable=${reachable(index)}
            done=${ticked(index)}
            onOpen=${() => open(step)}
            next=${index < 3 ? { ready: reachable(index + 1), primary: !scheduled, go: () => open(STEPS[index + 1]) } : undefined}
          >
            ${index === current && body[step]()}
          <//>`,
        )}
      </div>
      <${Summary} draft=${draft} wrong=${wrong} expected=${expected} segment=${segment?.name} template=${template?.title} />
    </div>
  <//>`;
}

/**
 * @param {import("hidra-api").Template | undefined} template
 * @param {import("hidra-api").Segment | undefined} segment
 */
const proposedName = (template, segment) => [template?.title, segment?.name].filter(Boolean).join(" · ").slice(0, 200);

/** Draw again each half minute: "now" moves. */
function useMinutes() {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
}
