/** Runs the figures one after another: nothing else of ours may use the cores meanwhile. */
import { type Baseline, readBaseline, recordBaseline, verdictOf } from './baseline.ts';
import type { Figure } from './figure.ts';
import { listFigures } from './list.ts';
import { logFigures } from './log.ts';
import { reconnectFigures } from './reconnect.ts';
import { sizeFigures } from './size.ts';
import { startUpFigures } from './start-up.ts';
import { terminalFigures } from './terminal.ts';
import { tunnelFigures } from './tunnel.ts';

const groups: Record<string, () => Promise<Figure[]>> = {
  'start-up': startUpFigures,
  size: sizeFigures,
  list: listFigures,
  log: logFigures,
  tunnel: tunnelFigures,
  terminal: terminalFigures,
  reconnect: reconnectFigures,
};

function print(figure: Figure, baseline: Baseline, json: boolean): void {
  const verdict = verdictOf(figure, baseline);
  if (json) {
    console.log(JSON.stringify({ ...figure, baseline: verdict.ratio, worse: verdict.isWorse }));
    return;
  }
  const ratio =
    figure.ratio === null
      ? ''
      : `, ratio ${figure.ratio}${verdict.ratio === null ? '' : `, baseline ${verdict.ratio}${verdict.isWorse ? ': WORSE' : ''}`}`;
  const compared = figure.reference === null ? '' : ` (reference ${figure.reference}${ratio})`;
  const budget = figure.budget === null ? '' : `, budget ${figure.budget}`;
  const mark = figure.budget === null ? '     ' : figure.ok ? 'ok   ' : 'SHORT';
  console.log(
    `${mark} ${figure.name.padEnd(64)} ${String(figure.value).padStart(9)} ${figure.unit}${compared}${budget}`,
  );
}

const usage = `known are --json, --only NAME (any of ${Object.keys(groups).join(', ')}; may be given again) and --record`;

/** Answers the exit code: 1 when a figure is outside its budget. */
export async function main(argv: readonly string[]): Promise<number> {
  const only: string[] = [];
  let json = false;
  let record = false;
  for (let at = 0; at < argv.length; at++) {
    if (argv[at] === '--json') json = true;
    else if (argv[at] === '--record') record = true;
    else if (argv[at] === '--only') only.push(argv[++at] ?? '');
    else {
      console.error(`Unknown flag ${argv[at]}; ${usage}.`);
      return 2;
    }
  }
  const unknown = only.find((name) => !(name in groups));
  if (unknown !== undefined) {
    console.error(`There are no figures named ${unknown}; ${usage}.`);
    return 2;
  }
  const baseline = readBaseline();
  const measured: Figure[] = [];
  for (const [name, measure] of Object.entries(groups)) {
    if (only.length > 0 && !only.includes(name)) continue;
    for (const figure of await measure()) {
      print(figure, baseline, json);
      measured.push(figure);
    }
  }
  if (record) recordBaseline(baseline, measured);
  return measured.every((figure) => figure.ok) ? 0 : 1;
}
