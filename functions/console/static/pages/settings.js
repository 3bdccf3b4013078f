/** Settings of this browser, the account, and where the API is. */
import { account, signOut } from "../auth.js";
import { Choice } from "../components/field.js";
import { Page } from "../components/page.js";
import { zoneName } from "../format.js";
import { html } from "../html.js";
import { t } from "../i18n.js";
import { LANGUAGES, THEMES, chooseLanguage, chooseTheme, language, theme } from "../preferences.js";
import { API_URL } from "../settings.js";

export default function Settings() {
  const who = account.value;
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return html`<${Page} title=${t("settings.title")}>
    <section class="block">
      <h2>${t("settings.appearance")}</h2>
      <${Choice}
        label=${t("settings.language.title")}
        value=${language.value}
        options=${LANGUAGES.map((value) => ({ value, text: t(`settings.language.${value}`) }))}
        onChange=${chooseLanguage}
      />
      <${Choice}
        label=${t("settings.theme.title")}
        value=${theme.value}
        options=${THEMES.map((value) => ({ value, text: t(`settings.theme.${value}`) }))}
        onChange=${chooseTheme}
      />
    </section>
    <section class="block">
      <h2>${t("settings.account")}</h2>
      <dl class="facts">
        <div><dt>${t("settings.name")}</dt><dd>${who?.name}</dd></div>
        ${who?.email && html`<div><dt>${t("settings.email")}</dt><dd>${who.email}</dd></div>`}
        <div><dt>${t("settings.role")}</dt><dd>${t(who?.admin ? "settings.admin" : "settings.user")}</dd></div>
        <div><dt>${t("settings.zone")}</dt><dd>${zoneName(zone)} <span class="quiet">${zone}</span></dd></div>
        <div><dt>${t("settings.api")}</dt><dd><code>${API_URL}</code></dd></div>
      </dl>
      <button onClick=${signOut}>${t("settings.sign_out")}</button>
    </section>
  <//>`;
}
