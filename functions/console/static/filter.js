/**
 * Conditions of a filter as a person enters them, and as the API takes them (docs/api.md, "Segments").
 *
 * @typedef {{field: string, op: string, value: string}} Condition `op` is the API's, or `filled` and `empty` for `exists`
 * @typedef {{join: "all" | "any" | "none", parts: (Condition | Group)[]}} Group `none`: no part matches
 * @typedef {"text" | "list" | "number" | "date" | "days" | "basis" | "none"} Input
 */

/** The fields beside the attributes. */
export const FIELDS = ["name", "phone", "last_contacted", "consent.basis", "consent.source", "consent.at"];

/** @type {Record<string, Input>} */
const TEXT = { contains: "text", eq: "text", ne: "text", in: "list", prefix: "text", filled: "none", empty: "none" };
/** @type {Record<string, Input>} */
const TIME = { older_than_days: "days", before: "date", after: "date", filled: "none", empty: "none" };
/** @type {Record<string, Record<string, Input>>} */
const OPS = {
  name: TEXT,
  phone: { prefix: "text", eq: "text", in: "list" },
  last_contacted: TIME,
  "consent.basis": { eq: "basis", ne: "basis", filled: "none", empty: "none" },
  "consent.source": { prefix: "text", eq: "text", ne: "text", in: "list", filled: "none", empty: "none" },
  "consent.at": TIME,
};
/** @type {Record<string, Input>} */
const ATTRIBUTE = { ...TEXT, gte: "number", lte: "number", gt: "number", lt: "number", before: "date", after: "date", older_than_days: "days" };

/** @param {string} field @returns {{op: string, input: Input}[]} */
export const opsOf = (field) => Object.entries(OPS[field] ?? ATTRIBUTE).map(([op, input]) => ({ op, input }));

/** @param {Condition} condition */
const inputOf = ({ field, op }) => (OPS[field] ?? ATTRIBUTE)[op] ?? "none";

/** Whether the condition has all that it needs. @param {Condition} condition */
export function complete(condition) {
  const input = inputOf(condition);
  return input === "none" || (input === "list" ? listOf(condition.value).length > 0 : condition.value.trim() !== "");
}

/** @param {Condition | Group} part @returns {part is Group} */
export const isGroup = (part) => "parts" in part;

/** Every condition of a group, those of groups in it included. @param {Group} group @returns {Condition[]} */
export const conditionsOf = ({ parts }) => parts.flatMap((part) => (isGroup(part) ? conditionsOf(part) : [part]));

/** The group as the API takes it. @param {Group} group @returns {any} */
export function filterOf({ join, parts }) {
  const made = parts.map((part) => (isGroup(part) ? filterOf(part) : conditionOf(part)));
  return join === "none" ? { not: { any: made } } : { [join]: made };
}

/** @param {Condition} condition */
function conditionOf(condition) {
  const { field, op } = condition;
  if (op === "filled" || op === "empty") return { field, op: "exists", value: op === "filled" };
  return { field, op, value: valueOf(condition) };
}

/** @param {Condition} condition */
function valueOf(condition) {
  const value = condition.value.trim();
  switch (inputOf(condition)) {
    case "list":
      return listOf(value);
    case "number":
    case "days":
      return Number(value);
    case "date":
      // The beginning of the day where the person is.
      return new Date(`${value}T00:00:00`).toISOString();
    default:
      return value;
  }
}

/** @param {string} value */
const listOf = (value) => value.split(/[,;]/).map((each) => each.trim()).filter(Boolean);
