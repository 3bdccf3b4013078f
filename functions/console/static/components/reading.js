/** What a page shows before its data is there: its shape, or why it did not come. */
import { html } from "../html.js";
import { Problem } from "./problem.js";
import { Skeleton } from "./skeleton.js";

/**
 * @param {object} props
 * @param {import("../api.js").Failure} [props.failure]
 * @param {() => void} [props.reload]
 * @param {number} [props.lines]
 * @param {boolean} [props.tall]
 */
export function Reading({ failure, reload, lines, tall }) {
  // The bar on top says that the network is away, and the data is asked for again by itself.
  if (failure && failure.code !== "network") return html`<${Problem} failure=${failure} retry=${reload} />`;
  return html`<${Skeleton} lines=${lines} tall=${tall} />`;
}
