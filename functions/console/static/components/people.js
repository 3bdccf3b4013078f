/** The first people of a segment. */
import { call } from "../api.js";
import { useEffect, useState } from "../html.js";

/** @typedef {import("hidra-api").Contact} Contact */

const READ = 20; // the API reads a text as so many contacts at once

/** Undefined while they are being read. @param {string} segment_id */
export function usePeople(segment_id) {
  const [found, setFound] = useState(/** @type {{of: string, people: Contact[]} | undefined} */ (undefined));
  useEffect(() => {
    let here = true;
    if (!segment_id) return;
    call("list_members", { segment_id, limit: READ }).then(
      (page) => here && setFound({ of: segment_id, people: page.items }),
      () => here && setFound({ of: segment_id, people: [] }),
    );
    return () => {
      here = false;
    };
  }, [segment_id]);
  return found?.of === segment_id ? found.people : undefined;
}
