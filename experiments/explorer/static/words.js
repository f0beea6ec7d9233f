// Numbers and dates in words, one way everywhere.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A number for reading: thousands apart, three figures below a hundred. */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 99.5) return Math.round(value).toLocaleString("en-US");
  if (size >= 9.95 || value === Math.round(value)) return value.toFixed(0);
  if (size >= 0.995) return value.toFixed(1);
  return size < 0.0005 && size > 0 ? value.toExponential(1) : value.toFixed(size < 0.0995 ? 3 : 2);
}

/** A share as a percentage; small ones keep a digit. */
export function percent(share) {
  if (share === null || share === undefined) return "–";
  const value = 100 * share;
  return `${value > 0 && value < 1 ? value.toFixed(1) : value > 99 && value < 100 ? value.toFixed(1) : value.toFixed(0)} %`;
}

/** A difference of shares in points, with its sign. */
export function points(share) {
  const value = 100 * share;
  return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value).toFixed(Math.abs(value) < 9.95 ? 1 : 0)}`;
}

/** A difference of numbers, with its sign. */
export function signed(value) {
  return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${number(Math.abs(value))}`;
}

/** "2022-03-15" as "Mar 2022", or with its day. */
export function when(day, withDay = false) {
  const [year, month, date] = day.split("-");
  return `${withDay ? `${Number(date)} ` : ""}${MONTHS[Number(month) - 1]} ${year}`;
}

/** Milliseconds or seconds. */
export function duration(seconds) {
  return seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(1)} s`;
}

/** Text with its first letter large. */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
