/** Escape sequences of terminals as they stand in logs. Pure. */

/** Control sequences (`ESC [ … letter`), commands (`ESC ] … BEL`), and two-letter ones. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]?|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[@-Z\\-_]|[ -/]+[0-~]?|)/g;

export function withoutSequences(text: string): string {
  return text.includes('\u001b') ? text.replace(sequences, '') : text;
}
