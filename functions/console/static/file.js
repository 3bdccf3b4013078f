/** A file of contacts that the person has chosen: its format, and its beginning for a preview. */

const TEXT = 256 * 1024; // bytes of which the API reads a preview
const WORKBOOK = 3_600_000; // bytes; a workbook can be read as a whole only

/** @param {File} file @returns {"csv" | "xlsx" | "jsonl"} */
export function formatOf(file) {
  const ending = file.name.toLowerCase().split(".").pop() ?? "";
  return ending === "xlsx" ? "xlsx" : ["jsonl", "ndjson"].includes(ending) ? "jsonl" : "csv";
}

/**
 * What a preview is made of; null if the file is too large for one.
 *
 * @param {File} file
 * @returns {Promise<{content: string, whole: boolean} | null>}
 */
export async function beginning(file) {
  const workbook = formatOf(file) === "xlsx";
  if (workbook && file.size > WORKBOOK) return null;
  const most = workbook ? WORKBOOK : TEXT;
  return { content: await base64(file.slice(0, most)), whole: file.size <= most };
}

/** @param {Blob} part @returns {Promise<string>} */
function base64(part) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",", 2)[1] ?? "");
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(part);
  });
}
