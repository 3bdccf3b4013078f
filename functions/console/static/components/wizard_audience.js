/** The first card of a campaign: the segment, and which of its people are left out. */
import { html } from "../html.js";
import { t } from "../i18n.js";
import { exists } from "../pages.js";
import { href } from "../router.js";
import { Empty } from "./empty.js";
import { NumberInput } from "./number_input.js";
import { Picker } from "./picker.js";

/**
 * @param {object} props
 * @param {import("./draft.js").Values} props.values
 * @param {Set<string>} props.wrong
 * @param {(changes: Partial<import("./draft.js").Values>) => void} props.change
 * @param {import("hidra-api").Segment[]} props.segments
 */
export function Audience({ values, wrong, change, segments }) {
  if (!segments.length) {
    const path = ["/imports/new", "/segments"].find(exists);
    return html`<${Empty}
      icon="people"
      title=${t("wizard.audience.empty")}
      action=${path && html`<a class="button" href=${href(path)}>${t("wizard.audience.import")}</a>`}
    >
      ${t("wizard.audience.empty_text")}
    <//>`;
  }
  const options = segments.map((segment) => ({
    value: segment.id,
    text: segment.name,
    detail: t("wizard.people", { count: segment.total_contacts }),
  }));
  const others = options.filter((option) => option.value !== values.segment_id);
  /** @param {string[]} chosen */
  const choose = ([segment_id]) =>
    change({ segment_id, exclude_segment_ids: values.exclude_segment_ids.filter((id) => id !== segment_id) });
  const excluded = values.exclude_segment_ids.length;
  const recent = values.not_contacted_for_days !== null;
  const absent = values.skip_not_on_whatsapp_days !== 0;
  return html`
    <${Picker} label=${t("wizard.audience.segment")} options=${options} chosen=${[values.segment_id]} onChange=${choose} />
    ${others.length > 0 &&
    html`<details class="more-options" open=${excluded > 0}>
      <summary>${excluded ? t("wizard.audience.excluded", { count: excluded }) : t("wizard.audience.exclude")}</summary>
      <${Picker}
        label=${t("wizard.audience.exclude_label")}
        options=${others}
        chosen=${values.exclude_segment_ids}
        several
        onChange=${(/** @type {string[]} */ ids) => change({ exclude_segment_ids: ids.slice(0, 20) })}
      />
    </details>`}
    <div class="rules">
      <${Rule}
        on=${recent}
        text=${t("wizard.audience.recent")}
        onChange=${(/** @type {boolean} */ on) => change({ not_contacted_for_days: on ? 7 : null })}
      >
        <${NumberInput}
          label=${t("wizard.audience.days")}
          value=${values.not_contacted_for_days ?? 7}
          min=${1}
          max=${365}
          error=${wrong.has("not_contacted_for_days") && t("wizard.audience.days_wrong", { least: 1 })}
          onChange=${(/** @type {number} */ days) => change({ not_contacted_for_days: days })}
        />
      <//>
      <${Rule}
        on=${absent}
        text=${t("wizard.audience.absent")}
        onChange=${(/** @type {boolean} */ on) => change({ skip_not_on_whatsapp_days: on ? 90 : 0 })}
      >
        <${NumberInput}
          label=${t("wizard.audience.days")}
          value=${values.skip_not_on_whatsapp_days}
          min=${1}
          max=${365}
          error=${wrong.has("skip_not_on_whatsapp_days") && t("wizard.audience.days_wrong", { least: 1 })}
          onChange=${(/** @type {number} */ days) => change({ skip_not_on_whatsapp_days: days || NaN })}
        />
      <//>
      <p class="hint">${t("wizard.audience.opted_out")}</p>
    </div>
  `;
}

/** @param {{on: boolean, text: string, onChange: (on: boolean) => void, children: any}} props */
function Rule({ on, text, onChange, children }) {
  return html`<div class="rule">
    <label class="check">
      <input type="checkbox" checked=${on} onChange=${(/** @type {any} */ event) => onChange(event.target.checked)} />
      <span>${text}</span>
    </label>
    ${on && children}
  </div>`;
}
