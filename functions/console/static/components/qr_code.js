/** The code that links the phone: it renews itself until the number is connected. */
import { call } from "../api.js";
import { html, useEffect, useState } from "../html.js";
import { t } from "../i18n.js";
import { Icon } from "./icon.js";
import { Problem } from "./problem.js";

/** WhatsApp shows a code for 20 seconds. */
const LIVES = 20;

/** @param {{reload: () => Promise<void>}} props */
export function QrCode({ reload }) {
  const [link, setLink] = useState(/** @type {import("hidra-api").ConnectionLink | undefined} */ (undefined));
  const [failure, setFailure] = useState(/** @type {any} */ (undefined));
  const [left, setLeft] = useState(0);

  useEffect(() => {
    let here = true;
    let until = 0;
    let asking = false;
    const renew = async () => {
      if (asking || document.hidden) return;
      asking = true;
      try {
        const found = await call("connect_connection");
        if (!here) return;
        setLink(found);
        setFailure(undefined);
        if (found.state === "open") reload();
      } catch (problem) {
        if (here) setFailure(problem);
      }
      until = Date.now() + LIVES * 1000;
      asking = false;
    };
    const tick = setInterval(() => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      setLeft(Math.max(0, seconds));
      if (seconds <= 0) renew();
    }, 250);
    renew();
    return () => {
      here = false;
      clearInterval(tick);
    };
  }, []);

  return html`<section class="qr">
    <div class="picture">
      ${link?.qr_code
        ? html`<img src=${link.qr_code} alt=${t("connection.qr.alt")} width="264" height="264" />`
        : html`<div class="bone square" aria-hidden="true" />`}
    </div>
    <div>
      <h2>${t("connection.qr.title")}</h2>
      <ol class="numbered">
        ${[1, 2, 3].map((line) => html`<li key=${line}>${t(`connection.qr.step.${line}`)}</li>`)}
      </ol>
      ${link?.pairing_code && html`<p>${t("connection.qr.pairing")} <b class="code">${link.pairing_code}</b></p>`}
      ${link?.message && html`<p class="quiet">${t("connection.reported")} <span lang="en">${link.message}</span></p>`}
      ${failure
        ? html`<${Problem} failure=${failure} quiet />`
        : html`<p class="quiet numbers"><${Icon} name="clock" size=${16} /> ${link ? t("connection.qr.renews", { seconds: left }) : t("connection.qr.coming")}</p>`}
      <p class="quiet">${t("connection.qr.waiting")}</p>
    </div>
  </section>`;
}
