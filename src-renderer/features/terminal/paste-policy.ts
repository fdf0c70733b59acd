/** What a pasted text may do to a shell, and the bytes it goes as. Pure. */

const esc = '\u001b';
const pasteStart = `${esc}[200~`;
export const pasteEnd = `${esc}[201~`;
/** The marks of a bracketed paste, also as one C1 character in front. */
const marks = new RegExp(`(?:${esc}\\[|\u009b)20[01]~`, 'g');
/** Control characters other than tab and line ends: as keys they would do more than stand there. */
const controls = /(?![\t\n\r])\p{Cc}/u;

export interface PasteFacts {
  readonly lines: number;
  /** Its last line would run at once. */
  readonly endsInLine: boolean;
  readonly hasControls: boolean;
}

export function pasteFacts(text: string): PasteFacts {
  const lines = text.split(/\r\n|\r|\n/);
  const endsInLine = lines.length > 1 && lines.at(-1) === '';
  return { lines: lines.length - (endsInLine ? 1 : 0), endsInLine, hasControls: controls.test(text) };
}

export interface PasteRules {
  /** The program told that it takes pastes as one piece, so that no line runs by itself. */
  readonly bracketed: boolean;
  /** The person wants to be asked. */
  readonly asks: boolean;
}

/** Whether a person should see the text before it goes. */
export function mustAsk(text: string, { bracketed, asks }: PasteRules): boolean {
  if (!asks) return false;
  const { lines, endsInLine, hasControls } = pasteFacts(text);
  return hasControls || (!bracketed && (lines > 1 || endsInLine));
}

/** Takes out what would end a bracketed paste early, also where taking out makes another. */
export function withoutMarks(text: string): string {
  let now = text;
  for (;;) {
    const next = now.replace(marks, '');
    if (next === now) return now;
    now = next;
  }
}

/** The text as a terminal sends it: Enter is a carriage return, marks around it where the program takes them. */
export function pasteText(text: string, bracketed: boolean): string {
  // SECURITY: a text that holds the end mark could run its rest as commands (test: paste-policy.test.ts).
  const inside = withoutMarks(text).replace(/\r\n|\n/g, '\r');
  return bracketed ? `${pasteStart}${inside}${pasteEnd}` : inside;
}

/** Control characters as their pictures, so that the person sees all there is. Lines stay lines. */
export function shownPaste(text: string): string {
  return text.replace(/\r\n|\r/g, '\n').replace(/\p{Cc}/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}
