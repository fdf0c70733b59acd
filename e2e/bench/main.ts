/** Runs the figures one after another: nothing else of ours may use the cores meanwhile. */
import type { Figure } from './figure.ts';
import { listFigures } from './list.ts';
import { logFigures } from './log.ts';
import { sizeFigures } from './size.ts';
import { startUpFigures } from './start-up.ts';
import { tunnelFigures } from './tunnel.ts';

const groups: Record<string, () => Promise<Figure[]>> = {
  'start-up': startUpFigures,
  size: sizeFigures,
  list: listFigures,
  log: logFigures,
  tunnel: tunnelFigures,
};

function print(figure: Figure, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(figure));
    return;
  }
  const compared =
    figure.reference === null
      ? ''
      : ` (reference ${figure.reference}${figure.ratio === null ? '' : `, ratio ${figure.ratio}`})`;
  console.log(
    `${figure.ok ? 'ok   ' : 'SHORT'} ${figure.name.padEnd(52)} ${String(figure.value).padStart(9)} ${figure.unit}${compared}, budget ${figure.budget}`,
  );
}

/** Answers the exit code: 1 when a figure is outside its budget. */
export async function main(argv: readonly string[]): Promise<number> {
  let only: string | undefined;
  let json = false;
  for (let at = 0; at < argv.length; at++) {
    if (argv[at] === '--json') json = true;
    else if (argv[at] === '--only') only = argv[++at];
    else {
      console.error(`Unknown flag ${argv[at]}; known are --json and --only NAME (${Object.keys(groups).join(', ')}).`);
      return 2;
    }
  }
  if (only !== undefined && !(only in groups)) {
    console.error(`There are no figures named ${only}; there are ${Object.keys(groups).join(', ')}.`);
    return 2;
  }
  let short = false;
  for (const [name, measure] of Object.entries(groups)) {
    if (only !== undefined && name !== only) continue;
    for (const figure of await measure()) {
      print(figure, json);
      short ||= !figure.ok;
    }
  }
  return short ? 1 : 0;
}
