/** Amounts and times as people say them. Pure; the language comes in. */
import type { Slots } from '../../src-preload/contract/common.ts';
import type { Language } from '../i18n/language.ts';

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;

/** At most two digits after the point, none when whole. */
export function formatNumber(value: number, digits = 2): string {
  const factor = 10 ** digits;
  return String(Math.round(value * factor) / factor);
}

/** The number alone, in GiB. */
export function gib(bytes: number): string {
  const value = bytes / GiB;
  return formatNumber(value, value < 10 ? 1 : 0);
}

export function formatBytes(bytes: number): string {
  if (bytes >= GiB) return `${formatNumber(bytes / GiB, 1)} GiB`;
  if (bytes >= MiB) return `${formatNumber(bytes / MiB, 1)} MiB`;
  if (bytes >= 1024) return `${formatNumber(bytes / 1024, 0)} KiB`;
  return `${bytes} B`;
}

/** Slots beside CPU and memory, with the unit people use: `0.5 fGPU`, `2 GPU`; `–` when there is none. */
export function formatAccelerators(slots: Slots): string {
  const parts = Object.entries(slots).flatMap(([name, amount]) => {
    const value = Number(amount);
    if (name === 'cpu' || name === 'mem' || !(value > 0)) return [];
    return [`${formatNumber(value)} ${acceleratorUnit(name)}`];
  });
  return parts.length > 0 ? parts.join(', ') : '–';
}

/** `cuda.device` -> GPU, `cuda.shares` -> fGPU, `tpu.device` -> TPU. */
export function acceleratorUnit(slot: string): string {
  const [family = slot, kind = ''] = slot.split('.');
  const noun = family === 'cuda' || family === 'rocm' ? 'GPU' : family.toUpperCase();
  return kind.startsWith('share') ? `f${noun}` : noun;
}

const units = {
  en: { s: ' s', m: ' m', h: ' h', d: ' d' },
  ko: { s: '초', m: '분', h: '시간', d: '일' },
} as const;

/** `45 s`, `12 m`, `3 h`, `2 d`: the largest unit only, as in a list. */
export function shortDuration(ms: number, language: Language): string {
  const unit = units[language];
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}${unit.s}`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${unit.m}`;
  if (seconds < 86_400 * 2) return `${Math.floor(seconds / 3600)}${unit.h}`;
  return `${Math.floor(seconds / 86_400)}${unit.d}`;
}

/** Two units: `3 h 12 m`. */
export function longDuration(ms: number, language: Language): string {
  const unit = units[language];
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const steps = [
    [86_400, unit.d],
    [3600, unit.h],
    [60, unit.m],
    [1, unit.s],
  ] as const;
  const first = steps.findIndex(([size]) => seconds >= size);
  if (first === -1) return `0${unit.s}`;
  let rest = seconds;
  const parts: string[] = [];
  for (const [size, name] of steps.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.join(' ');
}

/** Making a formatter costs more than a hundred uses of it. */
const exact = {
  en: new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' }),
  ko: new Intl.DateTimeFormat('ko', { dateStyle: 'medium', timeStyle: 'medium' }),
};
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export function exactTime(iso: string, language: Language): string {
  return exact[language].format(new Date(iso));
}

/** `14:02`. */
export function clockTime(iso: string): string {
  return clock.format(new Date(iso));
}
