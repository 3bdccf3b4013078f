/** Why a campaign stands still, in words. */
import { number, when } from "../format.js";
import { codeText, t } from "../i18n.js";
import { isBack } from "../state.js";

/** Why a connection does not work; without a code the reason is from before there were codes. @param {string | null | undefined} code */
export const connectionErrorText = (code) => codeText("connection_error", code ?? "unknown");

/**
 * @param {{status: string, blocked_code: string | null, blocked_params: Record<string, any>}} campaign
 */
export function blockedText(campaign) {
  const { blocked_code, blocked_params: params } = campaign;
  if (!blocked_code) return "";
  if (isBack(campaign)) return t("blocked.back");
  const names = Object.entries(params.similar_names ?? {}).map(([name, similar]) => t("blocked.similar", { name, similar }));
  const reasons = Object.entries(params.reasons ?? {}).map(([code, count]) => `${number(count)} × ${codeText("error", code)}`);
  const text = codeText("blocked", blocked_code, {
    ...params,
    detail: params.detail ?? "",
    reason: connectionErrorText(params.error_code),
    opens_at: params.opens_at ? when(params.opens_at) : "",
    until: params.until ? when(params.until) : "",
    at_latest: params.at_latest ? when(params.at_latest) : "",
    not_after: params.not_after ? when(params.not_after) : "",
  });
  return [text, reasons.length ? `${reasons.join(" · ")}.` : "", ...names].filter(Boolean).join(" ");
}
