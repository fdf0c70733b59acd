import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksSecret, withoutSecretValues } from '../../../src-preload/contract/secret-looks.ts';
import { environOf, envProblems, isThreadCount, looksLikeEnvBlock, mergeEnv, readEnvBlock } from './environ-policy.ts';

const rows = (...pairs: [string, string][]) => pairs.map(([name, value]) => ({ name, value }));

describe('readEnvBlock', () => {
  it('reads names, quotes, export, comments and values over several lines', () => {
    const block = [
      '\uFEFF# a comment',
      'PLAIN=one two # and why',
      'export EXPORTED=yes',
      "SINGLE='as $IT # is'",
      'DOUBLE="a \\"quoted\\" line\\nand $(not run) \\$5" # after',
      'EMPTY=',
      'HASH=a#b',
      '  SPACED = x ',
      'MULTI="first',
      'second"',
      'not an assignment',
      '',
      "LAST='open",
      'URL=postgres://u:p@h/db?x=1=2',
    ].join('\r\n');
    expect(readEnvBlock(block)).toEqual({
      rows: rows(
        ['PLAIN', 'one two'],
        ['EXPORTED', 'yes'],
        ['SINGLE', 'as $IT # is'],
        ['DOUBLE', 'a "quoted" line\nand $(not run) $5'],
        ['EMPTY', ''],
        ['HASH', 'a#b'],
        ['SPACED', 'x'],
        ['MULTI', 'first\nsecond'],
        ['LAST', "'open"],
        ['URL', 'postgres://u:p@h/db?x=1=2'],
      ),
      badLines: [11],
    });
  });
  it('gives back every value that it is given in single quotes', () => {
    const value = fc.string().filter((text) => !/['\r]/.test(text));
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z_]\w{0,8}$/), value, (name, text) => {
        expect(readEnvBlock(`${name}='${text}'\nNEXT=1`).rows).toEqual(rows([name, text], ['NEXT', '1']));
      }),
    );
  });
  it('ends, whatever it is given', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void readEnvBlock(text)));
  });
  it('tells a block from a name', () => {
    expect(looksLikeEnvBlock('A=1')).toBe(true);
    expect(looksLikeEnvBlock('export A=1')).toBe(true);
    expect(looksLikeEnvBlock('PATH_TO_DATA')).toBe(false);
  });
});

it('says what is wrong with rows, both of a pair', () => {
  const list = rows(['', ''], ['', 'x'], ['1A', 'x'], ['A', 'x'], ['A', 'y'], ['B', ''], ['_ok9', 'x']);
  expect(envProblems(list)).toEqual([null, 'no-name', 'bad-name', 'duplicate', 'duplicate', 'no-value', null]);
});

describe('secrets', () => {
  it.each([
    ['WANDB_API_KEY', 'x'],
    ['awsSecretAccessKey', 'x'],
    ['DB_PASSWORD', 'x'],
    ['TOKEN2', 'x'],
    ['HF', 'hf_abcdefgh'],
    ['DATABASE_URL', 'postgres://me:pass@host/db'],
    ['JWT', 'eyJhbGciOi.eyJz.x'],
  ])('%s looks like one', (name, value) => expect(looksSecret({ name, value })).toBe(true));
  it.each([
    ['OMP_NUM_THREADS', '4'],
    ['MONKEY', 'banana'],
    ['DATA_URL', 'https://host/data'],
    ['AUTHOR', 'me'],
    ['KEYBOARD', 'us'],
  ])('%s does not', (name, value) => expect(looksSecret({ name, value })).toBe(false));
  it('are blanked where rows are kept, and only they', () => {
    expect(withoutSecretValues(rows(['API_KEY', 's'], ['N', '1']))).toEqual(rows(['API_KEY', ''], ['N', '1']));
  });
});

it('merges pasted rows: the new value wins, nothing typed is lost', () => {
  expect(mergeEnv(rows(['A', '1'], ['', 'half'], ['B', '2']), rows(['A', '3'], ['C', '4']))).toEqual(
    rows(['A', '3'], ['B', '2'], ['C', '4'], ['', 'half']),
  );
});

it('sends thread counts where they were set, and a row of the same name over them', () => {
  const threads = { openmp: ' 4 ', openblas: '2' };
  expect(environOf(rows(['OMP_NUM_THREADS', '8'], ['', '']), threads)).toEqual({
    OMP_NUM_THREADS: '8',
    OPENBLAS_NUM_THREADS: '2',
  });
  expect(environOf([], null)).toEqual({});
  expect(['1', '1000', '0', '1001', '1.5', ''].map(isThreadCount)).toEqual([true, true, false, false, false, false]);
});
