/** A filter made of conditions, with the number of contacts that match it as it is built. */
import { call } from "../api.js";
import { complete, conditionsOf, FIELDS, filterOf, isGroup, opsOf } from "../filter.js";
import { nameOf, number } from "../format.js";
import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../i18n.js";
import { usePolling } from "../polling.js";
import { toast } from "../state.js";
import { Choice } from "./field.js";
import { useFirstField } from "./first_field.js";
import { Icon } from "./icon.js";
import { Problem } from "./problem.js";
import { useUnsaved } from "./unsaved.js";

/** @typedef {import("../filter.js").Condition} Condition */
/** @typedef {import("../filter.js").Group} Group */

const JOINS = /** @type {const} */ (["all", "any", "none"]);
/** @type {Condition} */
const FIRST = { field: "name", op: "contains", value: "" };
/** @type {Group} */
const BEGUN = { join: "all", parts: [FIRST] };
const MOST = 20;
const COUNTRY = "BR"; // whose way of writing numbers and dates the attributes have
const PAUSE = 400; // ms without a change

/** @param {{segment: import("hidra-api").Segment, onChange: () => Promise<void>, onClose: () => void}} props */
export function FilterBuilder({ segment, onChange, onClose }) {
  const form = useFirstField();
  const [group, setGroup] = useState(BEGUN);
  const [working, setWorking] = useState(false);
  const people = usePolling(() => call("list_contacts", { limit: 50 })).data?.items ?? [];
  const attributes = [...new Set(people.flatMap((it) => Object.keys(it.attributes)))].sort();
  const conditions = conditionsOf(group);
  const ready = conditions.every(complete);
  const filter = ready ? filterOf(group) : null;
  const { matches, failure, setFailure } = useMatches(filter);
  useUnsaved(JSON.stringify(group) !== JSON.stringify(BEGUN), t("segments.way.filter"));

  const run = async () => {
    setWorking(true);
    try {
      let added = 0;
      /** @type {string | null} */
      let cursor = null;
      do {
        /** @type {import("hidra-api").SegmentMembersMerged} */
        const done = await call("fill", { segment_id: segment.id }, { filter, country: COUNTRY, ...(cursor ? { cursor } : {}) });
        added += done.added;
        cursor = done.next_cursor;
      } while (cursor);
      toast(t("segments.added", { count: added, name: segment.name }));
      await onChange();
      onClose();
    } catch (problem) {
      setFailure(problem);
      setWorking(false);
    }
  };
  return html`<section class="form wide" ref=${form}>
    <h2>${t("segments.way.filter")}</h2>
    <${Conditions} group=${group} attributes=${attributes} room=${MOST - conditions.length} onChange=${setGroup} />
    <${Problem} failure=${failure} quiet />
    <p class="lead" role="status" aria-live="polite">${ready ? matches && t("segments.filter.count", { count: matches.contacts }) : t("segments.filter.incomplete")}</p>
    ${ready && matches && matches.examples.length > 0 && html`<p class="quiet">${t("segments.filter.such_as", { names: matches.examples.map((it) => nameOf(it)).join(", ") })}</p>`}
    <div class="buttons">
      <button onClick=${onClose}>${t("common.cancel")}</button>
      <button class="primary" disabled=${!ready || !matches?.contacts || working} aria-busy=${working} onClick=${run}>
        ${matches?.contacts && ready ? t("segments.filter.action", { count: matches.contacts }) : t("segments.filter.action_none")}
      </button>
    </div>
  </section>`;
}

/**
 * The conditions of a filter, or of a group in it, and how they are joined.
 *
 * @param {object} props
 * @param {Group} props.group
 * @param {string[]} props.attributes
 * @param {number} props.room how many conditions the filter may still get
 * @param {(group: Group) => void} props.onChange
 * @param {() => void} [props.onRemove] of a group in a filter
 */
function Conditions({ group, attributes, room, onChange, onRemove }) {
  const { join, parts } = group;
  /** @param {number} at @param {Condition | Group} [changed] without it the part goes */
  const put = (at, changed) => {
    const left = parts.flatMap((part, place) => (place !== at ? [part] : changed ? [changed] : []));
    if (!left.length && onRemove) onRemove();
    else onChange({ ...group, parts: left.length ? left : [FIRST] });
  };
  /** @param {Condition | Group} part */
  const add = (part) => onChange({ ...group, parts: [...parts, part] });
  const only = parts.length === 1 && !onRemove;
  return html`<div class="group" role="group" aria-label=${t(onRemove ? "segments.filter.group" : "segments.way.filter")}>
    ${!only &&
    html`<${Choice}
      label=${t(onRemove ? "segments.filter.group" : "segments.filter.join")}
      value=${join}
      options=${JOINS.map((value) => ({ value, text: t(`segments.filter.${value}`) }))}
      onChange=${(/** @type {Group["join"]} */ chosen) => onChange({ ...group, join: chosen })}
    />`}
    <ul class="conditions">
      ${parts.map((part, at) =>
        isGroup(part)
          ? html`<li key=${at}><${Conditions} group=${part} attributes=${attributes} room=${room} onChange=${(/** @type {Group} */ changed) => put(at, changed)} onRemove=${() => put(at)} /></li>`
          : html`<${Row} key=${at} it=${part} attributes=${attributes} onChange=${(/** @type {Partial<Condition>} */ changed) => put(at, { ...part, ...changed })} onRemove=${only ? null : () => put(at)} />`,
      )}
    </ul>
    ${room > 0 &&
    html`<div class="adding">
      <button onClick=${() => add(FIRST)}><${Icon} name="plus" size=${16} />${t("segments.filter.add")}</button>
      ${!onRemove && html`<button class="plain" onClick=${() => add({ join: "any", parts: [FIRST] })}><${Icon} name="plus" size=${16} />${t("segments.filter.add_group")}</button>`}
    </div>`}
  </div>`;
}

/** How many contacts match, a moment after the last change. @param {any} filter null while it is not complete */
function useMatches(filter) {
  const [matches, setMatches] = useState(/** @type {import("hidra-api").FilterMatches | undefined} */ (undefined));
  const [failure, setFailure] = useState(/** @type {any} */ (undefined));
  const turn = useRef(0);
  const asked = JSON.stringify(filter);
  useEffect(() => {
    const mine = ++turn.current;
    if (!filter) return;
    const timer = setTimeout(async () => {
      try {
        const found = await call("preview_filter", {}, { filter, country: COUNTRY });
        if (mine !== turn.current) return;
        setMatches(found);
        setFailure(undefined);
      } catch (problem) {
        if (mine === turn.current) setFailure(problem);
      }
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [asked]);
  return { matches, failure, setFailure };
}

/** @param {{it: Condition, attributes: string[], onChange: (change: Partial<Condition>) => void, onRemove: (() => void) | null}} props */
function Row({ it, attributes, onChange, onRemove }) {
  const kinds = opsOf(it.field);
  /** @param {string} field */
  const choose = (field) => onChange({ field, op: opsOf(field)[0].op, value: "" });
  const op = kinds.find((each) => each.op === it.op) ?? kinds[0];
  return html`<li class="condition">
    <select aria-label=${t("segments.filter.field")} value=${it.field} onChange=${(/** @type {any} */ event) => choose(event.target.value)}>
      ${FIELDS.map((field) => html`<option key=${field} value=${field}>${t(`segments.field.${field.replace(".", "_")}`)}</option>`)}
      ${attributes.length > 0 &&
      html`<optgroup label=${t("segments.filter.attributes")}>
        ${attributes.map((name) => html`<option key=${name} value=${`attributes.${name}`}>${name}</option>`)}
      </optgroup>`}
    </select>
    <select aria-label=${t("segments.filter.op")} value=${it.op} onChange=${(/** @type {any} */ event) => onChange({ op: event.target.value, value: "" })}>
      ${kinds.map((each) => html`<option key=${each.op} value=${each.op}>${t(`segments.op.${each.op}`)}</option>`)}
    </select>
    ${op.input !== "none" && html`<${Value} kind=${op.input} value=${it.value} onChange=${(/** @type {string} */ value) => onChange({ value })} />`}
    ${onRemove && html`<button class="plain" aria-label=${t("segments.filter.remove")} onClick=${onRemove}><${Icon} name="close" size=${16} /></button>`}
  </li>`;
}

/** @param {{kind: string, value: string, onChange: (value: string) => void}} props */
function Value({ kind, value, onChange }) {
  const label = t("segments.filter.value");
  const input = (/** @type {any} */ event) => onChange(event.target.value);
  if (kind === "basis") {
    const bases = ["consent", "contract", "legitimate_interest", "legal_obligation", "public_policy", "research", "legal_proceedings", "protection_of_life", "health_protection", "credit_protection"];
    return html`<select aria-label=${label} value=${value} onChange=${input}>
      <option value="">${t("imports.into.choose")}</option>
      ${bases.map((basis) => html`<option key=${basis} value=${basis}>${t(`imports.basis.${basis}`)}</option>`)}
    </select>`;
  }
  const hint = kind === "list" ? t("segments.filter.list") : undefined;
  return html`<input aria-label=${label} placeholder=${hint} type=${{ date: "date", number: "number", days: "number" }[kind] ?? "text"} step="any" min=${kind === "days" ? 0 : undefined} maxlength="500" value=${value} onInput=${input} />`;
}
