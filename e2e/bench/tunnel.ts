/**
 * What a link costs: throughput, round trips and the main process's own event loop, through gateway and link against
 * OpenSSH's `ssh -L` and a direct connection, to the same source in the same run; with ssh2's native part and without.
 */
import { removeFolder, scratchFolder } from '../hosts/process.ts';
import { cannotMeasureLinks, type Rig, startRig } from '../hosts/rig.ts';
import { atMost, type Figure, median, percentile, ratioAtLeast, told } from './figure.ts';
import { type Forward, opensshForward } from './openssh-forward.ts';
import { download, requests, startSource, upload, type Way } from './source.ts';

const bodyMiB = 256;
/** Until both sides' code is compiled and their heaps have grown. */
const warmUps = 2;
const besideMiB = 1024;
const smallRequests = 1_000;
/** As many as a browser opens to one host. */
const atOnce = 6;
const loopBudgetMs = 20;

interface Ways {
  readonly ours: Way;
  readonly openssh: Way;
  readonly direct: Way;
}

/** Medians of one measure over the three ways. They take turns at going first: a slow spell of the machine meets all. */
async function compare(ways: Ways, runs: number, measure: (way: Way) => Promise<number>) {
  const names = ['ours', 'openssh', 'direct'] as const;
  const seen = { ours: [] as number[], openssh: [] as number[], direct: [] as number[] };
  for (let run = 0; run < runs; run++) {
    for (let at = 0; at < names.length; at++) {
      const name = names[(run + at) % names.length] ?? 'ours';
      seen[name].push(await measure(ways[name]));
    }
  }
  return { ours: median(seen.ours), openssh: median(seen.openssh), direct: median(seen.direct) };
}

async function loopFigures(rig: Rig, way: Way, suffix: string): Promise<Figure[]> {
  await rig.probe.look();
  await new Promise((done) => setTimeout(done, 1_000));
  const idle = await rig.probe.look();
  await Promise.all([download(way, 2 * bodyMiB), upload(way, 2 * bodyMiB)]);
  const { delays } = await rig.probe.look();
  return [
    atMost(
      `event loop: delay at full speed both ways, p99${suffix}`,
      delays.own.p99,
      'ms',
      loopBudgetMs,
      idle.delays.own.p99,
    ),
    told(`event loop: the same by the clock, others’ turns too${suffix}`, delays.all.p99, 'ms'),
  ];
}

/** Small requests of a page while a large download runs on the same link, from before the first to after the last. */
async function besideFigures(rig: Rig, way: Way, suffix: string): Promise<Figure[]> {
  await rig.probe.look();
  let isOver = false;
  const large = download(way, besideMiB).finally(() => {
    isOver = true;
  });
  const times = await requests(way, smallRequests, atOnce);
  // A machine that answers so fast that nothing is left of the transfer has measured something else.
  if (isOver) console.error('beside a transfer: it ended before the last request');
  await large;
  const { delays } = await rig.probe.look();
  return [
    atMost(`${smallRequests} requests beside a transfer of 1 GiB, p99${suffix}`, percentile(times, 0.99), 'ms', 50),
    told(`event loop: delay beside that transfer, p99${suffix}`, delays.own.p99, 'ms'),
  ];
}

async function withNative(rig: Rig, way: Way, forward: Forward, source: number): Promise<Figure[]> {
  const ways: Ways = {
    ours: way,
    openssh: { port: forward.port, headers: {} },
    direct: { port: source, headers: {} },
  };
  await compare(ways, warmUps, (it) => download(it, bodyMiB));
  const down = await compare(ways, 7, (it) => download(it, bodyMiB));
  await compare(ways, 1, (it) => upload(it, bodyMiB));
  const up = await compare(ways, 5, (it) => upload(it, bodyMiB));
  const trip = await compare(ways, 3, async (it) => median(await requests(it, 1_000, 1)));
  return [
    ratioAtLeast('tunnel: download against ssh -L', down.ours, 'MiB/s', down.openssh, 0.75),
    told('tunnel: download against a direct connection', down.ours, 'MiB/s', down.direct),
    ratioAtLeast('tunnel: upload against ssh -L', up.ours, 'MiB/s', up.openssh, 0.75),
    told('tunnel: upload against a direct connection', up.ours, 'MiB/s', up.direct),
    atMost('tunnel: round trip against a direct connection, p50', trip.ours, 'ms', trip.direct + 0.5, trip.direct),
    told('tunnel: round trip against ssh -L, p50', trip.ours, 'ms', trip.openssh),
    ...(await loopFigures(rig, way, '')),
    ...(await besideFigures(rig, way, '')),
  ];
}

async function withoutNative(rig: Rig, way: Way, forward: Forward): Promise<Figure[]> {
  const theirs = { port: forward.port, headers: {} };
  const ways: Ways = { ours: way, openssh: theirs, direct: theirs };
  await compare(ways, warmUps, (it) => download(it, bodyMiB));
  const down = await compare(ways, 3, (it) => download(it, bodyMiB));
  const up = await compare(ways, 3, (it) => upload(it, bodyMiB));
  const suffix = ', without native part';
  return [
    told(`tunnel: download against ssh -L${suffix}`, down.ours, 'MiB/s', down.openssh),
    told(`tunnel: upload against ssh -L${suffix}`, up.ours, 'MiB/s', up.openssh),
    ...(await loopFigures(rig, way, suffix)),
    ...(await besideFigures(rig, way, suffix)),
  ];
}

export async function tunnelFigures(): Promise<Figure[]> {
  const why = cannotMeasureLinks();
  if (why !== null) {
    console.error(`tunnel: ${why}, left out here`);
    return [];
  }
  const sshFolder = scratchFolder();
  const source = await startSource();
  const forward = await opensshForward(sshFolder, source.port);
  const figures: Figure[] = [];
  try {
    for (const native of [true, false]) {
      const rig = await startRig({ native });
      try {
        const way = await rig.wayTo(source.port);
        const isNative = (await rig.probe.look()).native;
        if (native && !isNative) console.error('tunnel: ssh2’s native part was not built here; its rows are left out');
        else if (native) figures.push(...(await withNative(rig, way, forward, source.port)));
        else if (isNative) throw new Error('ssh2’s native part could not be kept out');
        else figures.push(...(await withoutNative(rig, way, forward)));
      } finally {
        await rig.stop();
      }
    }
  } finally {
    await forward.stop();
    await source.process.stop();
    removeFolder(sshFolder);
  }
  return figures;
}
