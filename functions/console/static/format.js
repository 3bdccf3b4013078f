/** Numbers, times and durations as people say them, in the person's language and zone. */
import { t } from "./i18n.js";
import { language } from "./preferences.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400_000;

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return new Intl.NumberFormat(language.value, options).format(value);
}

/** A share of a whole, as 28%; of nothing it is 0%. @param {number} part @param {number} whole */
export function percent(part, whole) {
  const share = whole ? part / whole : 0;
  // 99.7% is not all of it, and 0.2% is not nothing.
  const shown = share > 0 && share < 0.01 ? 0.01 : share > 0.99 && share < 1 ? 0.99 : share;
  return number(shown, { style: "percent", maximumFractionDigits: 0 });
}

/**
 * An instant as people say it: "hoje 14:32", "ontem 09:10", "seg 09:00", "12 de mar. 09:00".
 *
 * @param {string | Date} instant
 * @param {Date} [now]
 * @param {boolean} [seconds]
 */
export function when(instant, now = new Date(), seconds = false) {
  const date = new Date(instant);
  const time = form(date, { ...timeForm(), ...(seconds && { second: "2-digit" }) });
  const days = Math.round((midnight(date) - midnight(now)) / DAY);
  if (days >= -1 && days <= 1) return t(["format.yesterday", "format.today", "format.tomorrow"][days + 1], { time });
  if (Math.abs(days) < 7) return `${form(date, { weekday: "short" }).replace(".", "")} ${time}`;
  /** @type {Intl.DateTimeFormatOptions} */
  const day = { day: "numeric", month: "short" };
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: /** @type {const} */ ("numeric") };
  return `${form(date, { ...day, ...year })} ${time}`;
}

/** The clock's time alone. @param {string | Date} instant */
export const clock = (instant) => form(new Date(instant), timeForm());

/** The day alone. @param {string | Date} instant */
export const day = (instant) => form(new Date(instant), { day: "numeric", month: "short" });

/** The exact instant with its zone, for those who point at it. @param {string | Date} instant */
export const exact = (instant) => form(new Date(instant), { dateStyle: "full", timeStyle: "long" });

/** A time zone as people call it: "Horário Padrão de Brasília". @param {string} zone */
export function zoneName(zone) {
  const parts = new Intl.DateTimeFormat(language.value, { timeZone: zone, timeZoneName: "longGeneric" }).formatToParts(new Date());
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? zone;
}

/** A duration of so many seconds in its largest unit or two. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.round(seconds);
  if (whole < MINUTE) return t("format.seconds", { count: whole });
  if (whole < HOUR) return t("format.minutes", { count: Math.round(whole / MINUTE) });
  if (whole < 24 * HOUR) {
    const minutes = Math.round((whole % HOUR) / MINUTE);
    const hours = t("format.hours", { count: Math.floor(whole / HOUR) });
    return minutes ? t("format.and", { first: hours, second: t("format.minutes", { count: minutes }) }) : hours;
  }
  return t("format.days", { count: Math.round(whole / 24 / HOUR) });
}

const BRAZILIAN = /^\+55(\d\d)(\d{4,5})(\d{4})$/;
/** The code of a country, by what begins it, and the rest. */
const ABROAD = /^\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})(\d{5,})$/;

/** A phone as people write it: (21) 98198-1154, +351 912 345 678. What is sent stays as the API has it. @param {string} phone */
export function phoneText(phone) {
  const home = BRAZILIAN.exec(phone);
  if (home) return `(${home[1]}) ${home[2]}-${home[3]}`;
  const [, country, rest] = ABROAD.exec(phone) ?? [];
  return country ? `+${country} ${rest.match(/\d{3}(?!\d$)|\d+/g)?.join(" ")}` : phone;
}

/** 09:05, and 9:05 AM. @returns {Intl.DateTimeFormatOptions} */
const timeForm = () => ({ hour: language.value === "en" ? "numeric" : "2-digit", minute: "2-digit" });

/** @param {Date} date @param {Intl.DateTimeFormatOptions} options */
const form = (date, options) => new Intl.DateTimeFormat(language.value, options).format(date);

/** @param {Date} date */
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** What a person is called where a contact has no name. @param {{name?: string | null, phone: string}} person */
export const nameOf = ({ name, phone }) => name || phoneText(phone);
