/** The focus of a form: where typing goes on. */
import { useEffect, useRef } from "../html.js";

/**
 * A reference for the form that a person has just opened: its first field gets the focus, and after a refusal the first
 * one that has to be corrected.
 *
 * @param {import("../api.js").Failure} [failure] of the last saving
 */
export function useFirstField(failure) {
  const form = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    /** @type {HTMLElement | null | undefined} */ (form.current?.querySelector("input, select, textarea"))?.focus();
  }, []);
  useEffect(() => {
    if (failure) /** @type {HTMLElement | null | undefined} */ (form.current?.querySelector("[aria-invalid=true]"))?.focus();
  }, [failure]);
  return form;
}
