/** Before signing in, and after the session has ended. */
import { reason } from "./auth.js";
import { html, useEffect, useState } from "./html.js";
import { t } from "./i18n.js";
import { LANGUAGES, chooseLanguage, language } from "./preferences.js";

/** @param {{signIn: () => Promise<void>}} props */
export function SignedOut({ signIn }) {
  const [failed, setFailed] = useState(reason.value === "failed");
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    document.title = "Hidra";
  }, []);
  const leave = async () => {
    setLeaving(true);
    try {
      await signIn();
    } catch {
      setFailed(true);
      setLeaving(false);
    }
  };
  const text = failed ? "signin.failed" : reason.value === "expired" ? "signin.expired" : "signin.text";
  return html`<main class="signed-out">
    <div class="card">
      <p class="brand"><span class="mark" aria-hidden="true">H</span>Hidra</p>
      <h1>${t("signin.title")}</h1>
      <p role=${failed ? "alert" : undefined}>${t(text)}</p>
      <button class="primary wide" onClick=${leave} disabled=${leaving} autofocus>${t("signin.action")}</button>
      <p class="languages">
        ${LANGUAGES.map(
          (code) => html`<button
            key=${code}
            class="plain"
            lang=${code}
            aria-pressed=${language.value === code}
            onClick=${() => chooseLanguage(code)}
          >
            ${t(`settings.language.${code}`)}
          </button>`,
        )}
      </p>
    </div>
  </main>`;
}
