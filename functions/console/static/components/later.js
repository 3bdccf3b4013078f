/** Modules that are loaded when they are first needed, so that a page's first view does not wait for them. */
import { useEffect, useState } from "../html.js";

/**
 * A module, once it is there; undefined before.
 *
 * @template M
 * @param {(() => Promise<M>) | false | null | undefined} load the same function each time; without one there is nothing to load
 * @returns {M | undefined}
 */
export function useModule(load) {
  const [found, setFound] = useState(/** @type {{load: unknown, module: M} | undefined} */ (undefined));
  useEffect(() => {
    if (!load) return;
    let here = true;
    load()
      .then((module) => here && setFound({ load, module }))
      .catch(restart);
    return () => {
      here = false;
    };
  }, [load]);
  return found?.load === load ? found?.module : undefined;
}

/** A deployment has replaced the files while this page was open: it starts again, once. */
function restart() {
  const last = Number(sessionStorage.getItem("hidra.restarted") ?? 0);
  if (Date.now() - last < 60_000) return;
  sessionStorage.setItem("hidra.restarted", String(Date.now()));
  location.reload();
}
