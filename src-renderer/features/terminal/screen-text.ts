/** The text that a terminal holds, by logical lines: rows that were only wrapped are one. */
import type { IBuffer, Terminal } from '@xterm/xterm';
import type { Place } from './match-policy.ts';

export interface LogicalLine {
  /** Number of its first row in the buffer. */
  readonly row: number;
  readonly text: string;
}

export function* logicalLines(buffer: IBuffer): Generator<LogicalLine> {
  let row = 0;
  let text = '';
  for (let at = 0; at < buffer.length; at += 1) {
    const line = buffer.getLine(at);
    if (!line) continue;
    if (!line.isWrapped) {
      if (at > 0) yield { row, text };
      row = at;
      text = '';
    }
    const isContinued = buffer.getLine(at + 1)?.isWrapped === true;
    text += line.translateToString(!isContinued);
  }
  yield { row, text };
}

/** All of it as a person would save it, without the empty rows below the last output. */
export function wholeText(terminal: Terminal): string {
  const lines = [...logicalLines(terminal.buffer.normal)].map((line) => line.text);
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Where the selection begins, by logical line and character. */
export function selectionPlace(terminal: Terminal): Place | null {
  const start = terminal.getSelectionPosition()?.start;
  if (!start) return null;
  const buffer = terminal.buffer.active;
  let line = start.y;
  let column = buffer.getLine(line)?.translateToString(false, 0, start.x).length ?? 0;
  while (line > 0 && buffer.getLine(line)?.isWrapped) {
    line -= 1;
    column += buffer.getLine(line)?.translateToString(false).length ?? 0;
  }
  return { line, column };
}
