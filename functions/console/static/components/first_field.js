/** The focus of a form that a person has just opened. */
import { useEffect, useRef } from "../html.js";

/** A reference for the form: its first field gets the focus, so that typing goes on there. */
export function useFirstField() {
  const form = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    /** @type {HTMLElement | null | undefined} */ (form.current?.querySelector("input, select, textarea"))?.focus();
  }, []);
  return form;
}
