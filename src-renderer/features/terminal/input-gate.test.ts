import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldLimitBytes, InputGate, isReport } from './input-gate.ts';

function gate() {
  const sent: number[] = [];
  const it = new InputGate(
    (bytes) => sent.push(...bytes),
    () => {},
  );
  return { it, sent };
}

describe('InputGate', () => {
  it('delivers everything once and in order, wherever it was closed between', () => {
    const step = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.constantFrom('open', 'close'));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { it, sent } = gate();
        const typed: number[] = [];
        for (const now of steps) {
          if (now === 'open') it.open(true);
          else if (now === 'close') it.close();
          else if (now instanceof Uint8Array) {
            typed.push(...now);
            it.push(now);
          }
        }
        it.open(true);
        expect(sent).toEqual(typed);
      }),
    );
  });
  it('drops what was meant for a shell that is gone', () => {
    const { it, sent } = gate();
    it.push(Uint8Array.of(1));
    it.open(false);
    it.push(Uint8Array.of(2));
    expect(sent).toEqual([2]);
    expect(it.held).toBe(0);
  });
  it('refuses a paste that is too large as a whole and says so', () => {
    const { it, sent } = gate();
    it.push(Uint8Array.of(1));
    it.push(new Uint8Array(heldLimitBytes));
    expect(it.refused).toBe(true);
    it.open(true);
    expect(sent).toEqual([1]);
    expect(it.refused).toBe(false);
  });
});

describe('isReport', () => {
  const csi = '\u001b[';
  it.each([
    `${csi}<0;3;4M`,
    `${csi}M !!`,
    `${csi}I`,
    `${csi}O`,
    `${csi}?1;2c`,
    `${csi}>0;276;0c`,
    `${csi}12;40R`,
    `${csi}0n`,
  ])('%j was not typed', (data) => expect(isReport(data)).toBe(true));
  it.each(['a', '한', '\r', '\u001b', `${csi}A`, `${csi}1;5C`, `${csi}1;2R`, `${csi}200~text${csi}201~`, '\u001bf'])(
    '%j was typed',
    (data) => expect(isReport(data)).toBe(false),
  );
});
