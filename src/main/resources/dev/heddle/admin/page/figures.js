// How figures are written, for people: with units, and no more digits than anybody reads.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function count(value) {
  if (value === null || value === undefined) return '–';
  if (value >= 1e9) return `${round(value / 1e9)} G`;
  if (value >= 1e7) return `${round(value / 1e6)} M`;
  return whole.format(value);
}

/** Two digits, or three where the first is a 1: what is measured is not known better than that. */
export function about(value) {
  return value === null || value === undefined ? '–' : count(significant(value));
}

function significant(value) {
  if (value < 10) return Math.round(value);
  const power = 10 ** (Math.floor(Math.log10(value)) - 1);
  const step = value / power < 20 ? power / 10 : power;
  return step < 1 ? Math.round(value) : Math.round(value / step) * step;
}

export function round(value) {
  const digits = value >= 10 ? 0 : value >= 1 ? 1 : 2;
  return value.toFixed(value === 0 ? 0 : digits);
}

export function bytes(value) {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : round(value)} ${units[unit]}`;
}

export function millis(value) {
  return value === null || value === undefined ? '–' : round(value);
}

export function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days >= 730) return `${whole.format(Math.floor(days / 365))} years`;
  if (days >= 2) return `${whole.format(days)} d ${hours % 24} h`;
  if (hours >= 1) return `${hours} h ${minutes % 60} min`;
  return minutes >= 1 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${Math.floor(seconds)} s`;
}

export const known = (value, format) => value === null ? '–' : format(value);

export const words = (name) => name.toLowerCase().replaceAll('_', ' ');
