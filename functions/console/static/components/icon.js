/** Small pictures beside words: strokes on a grid of 20, in the colour of the text. */
import { html } from "../html.js";

const SHAPES = {
  home: "M3 9.5 10 4l7 5.5V16a1 1 0 0 1-1 1h-3.5v-4.5h-5V17H4a1 1 0 0 1-1-1Z",
  campaign: "M3 8.5v3l2 .5 8 3.5v-11L5 8ZM5.5 12.2 6.5 16H9l-.9-2.9M15.5 8.2a2.5 2.5 0 0 1 0 3.6",
  people: "M7.5 9.5a2.8 2.8 0 1 0 0-5.5 2.8 2.8 0 0 0 0 5.5ZM2.5 16.5c.4-3 2.3-4.5 5-4.5s4.6 1.5 5 4.5M12.7 4.3a2.7 2.7 0 0 1 0 4.9M14.3 12.3c1.8.6 2.9 2 3.2 4.2",
  import: "M10 3v9m0 0L6.5 8.5M10 12l3.5-3.5M3.5 12.5V16a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-3.5",
  export: "M10 12V3m0 0L6.5 6.5M10 3l3.5 3.5M3.5 12.5V16a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-3.5",
  segment: "M3.5 4.5h13l-5 6v5l-3 1.5v-6.5Z",
  template: "M4 3.5h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H9L5.5 16.5v-3H4a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1ZM6.5 7h7M6.5 10h4.5",
  connection: "M6.5 2.5h7a1 1 0 0 1 1 1v13a1 1 0 0 1-1 1h-7a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1ZM9 15h2",
  settings: "M3 6h7m4 0h3M3 14h3m4 0h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  admin: "M10 2.5 4 5v4.5c0 3.7 2.5 6.5 6 8 3.5-1.5 6-4.3 6-8V5ZM7.5 10l2 2 3.5-4",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  plus: "M10 4v12M4 10h12",
  check: "m4 10.5 4 4 8-9",
  close: "m5 5 10 10M15 5 5 15",
  alert: "M10 3 2.5 16.5h15ZM10 8.5v3.5M10 14.3v.01",
  info: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9v4.5M10 6.5v.01",
  clock: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.2l2.8 1.6",
  pause: "M7 4.5v11M13 4.5v11",
  play: "M6 4v12l10-6Z",
  stop: "M5 5h10v10H5Z",
  send: "M17 3 2.5 8.5 8 11l2.5 6ZM8 11l3.5-3.5",
  read: "m2 10.5 3.5 3.5L12 6.5M8.5 13l1 1L17 6.5",
  skip: "M5 5l6 5-6 5ZM14.5 5v10",
  question: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM8 8.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M10 13.6v.01",
  pencil: "M4 16l.8-3.5L13.5 3.8l2.7 2.7L7.5 15.2Z",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4",
  next: "m8 5 5 5-5 5",
  back: "m12 5-5 5 5 5",
  external: "M8 4H4.5a.5.5 0 0 0-.5.5v11a.5.5 0 0 0 .5.5h11a.5.5 0 0 0 .5-.5V12M11.5 3.5h5v5M16.5 3.5 9.5 10.5",
};

/** @typedef {keyof typeof SHAPES} IconName */

/**
 * A picture that repeats what the word beside it says, so it is hidden from screen readers.
 *
 * @param {{name: IconName, size?: number}} props
 */
export function Icon({ name, size = 20 }) {
  return html`<svg class="icon" viewBox="0 0 20 20" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path d=${SHAPES[name]} />
  </svg>`;
}
