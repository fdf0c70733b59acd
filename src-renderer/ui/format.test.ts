import { describe, expect, it } from 'vitest';
import {
  acceleratorUnit,
  formatAccelerators,
  formatBytes,
  formatNumber,
  gib,
  longDuration,
  shortDuration,
} from './format.ts';

const GiB = 1024 ** 3;

describe('amounts', () => {
  it('drop needless digits', () => {
    expect(formatNumber(4)).toBe('4');
    expect(formatNumber(0.30000000000000004)).toBe('0.3');
    expect(formatNumber(2.875, 1)).toBe('2.9');
  });
  it('show memory in GiB', () => {
    expect(gib(32 * GiB)).toBe('32');
    expect(gib(0.4 * GiB)).toBe('0.4');
    expect(formatBytes(1.5 * GiB)).toBe('1.5 GiB');
    expect(formatBytes(64 * 1024 ** 2)).toBe('64 MiB');
    expect(formatBytes(900)).toBe('900 B');
  });
  it('name accelerators as people do', () => {
    expect(formatAccelerators({ cpu: '1', mem: '1', 'cuda.shares': '0.5' })).toBe('0.5 fGPU');
    expect(formatAccelerators({ 'cuda.device': '2', 'tpu.device': '1' })).toBe('2 GPU, 1 TPU');
    expect(formatAccelerators({ cpu: '1', 'cuda.device': '0' })).toBe('–');
    expect(acceleratorUnit('rocm.device')).toBe('GPU');
  });
});

describe('durations', () => {
  const h = 3_600_000;
  it('in a list: the largest unit', () => {
    expect(shortDuration(-5, 'en')).toBe('0 s');
    expect(shortDuration(59_999, 'en')).toBe('59 s');
    expect(shortDuration(12 * 60_000, 'ko')).toBe('12분');
    expect(shortDuration(47 * h, 'en')).toBe('47 h');
    expect(shortDuration(49 * h, 'en')).toBe('2 d');
  });
  it('elsewhere: two units, no zero', () => {
    expect(longDuration(0, 'en')).toBe('0 s');
    expect(longDuration(3 * h + 12 * 60_000 + 5000, 'en')).toBe('3 h 12 m');
    expect(longDuration(2 * h + 30_000, 'ko')).toBe('2시간');
    expect(longDuration(26 * h, 'ko')).toBe('1일 2시간');
  });
});
