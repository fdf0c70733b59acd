/** How soon a link notices that its other side is dead, and how soon it can be used again once the network is back. */
import { join } from 'node:path';
import type { Link } from '../../src-preload/contract/links.ts';
import { FaultScriptFile } from '../hosts/fault-script.ts';
import { removeFolder, scratchFolder } from '../hosts/process.ts';
import { type Rig, startRig } from '../hosts/rig.ts';
import { atMost, type Figure, median } from './figure.ts';
import { requests, startSource, type Way } from './source.ts';

const runs = 3;
/** Everything that leaves this computer stays without an answer. */
const away = { rules: [{ on: '* /**', fault: 'stall' }] };

/** Resolves once the one link is in a state that `wanted` takes. */
function untilLink(rig: Rig, wanted: (link: Link) => boolean): Promise<void> {
  return new Promise((done, reject) => {
    const timer = setTimeout(() => {
      off();
      reject(new Error('the link does not change'));
    }, 60_000);
    const look = (link: Link | undefined) => {
      if (!link || !wanted(link)) return;
      clearTimeout(timer);
      off();
      done();
    };
    const off = rig.berth.links.onChanged(look);
    rig.berth.links.list().then(([link]) => look(link), reject);
  });
}

const isUp = ({ state }: Link) => state === 'up';
/** A late answer is told as `degraded` first; that is no verdict yet. */
const isGone = ({ state }: Link) => state !== 'up' && state !== 'degraded';

async function once(rig: Rig, way: Way, faults: FaultScriptFile): Promise<{ noticeMs: number; usableMs: number }> {
  await untilLink(rig, isUp);
  faults.write({ ...away, now: ['half-open-tunnels'] });
  const lostAt = performance.now();
  await untilLink(rig, isGone);
  const noticeMs = performance.now() - lostAt;
  // Long enough for a try that hangs in the dead network.
  await new Promise((done) => setTimeout(done, 3_000));
  faults.clear();
  const backAt = performance.now();
  const [session] = await rig.berth.links.list();
  // What another network, waking up and *Try now* all do.
  if (session) await rig.berth.links.retry({ accountId: session.accountId, sessionId: session.sessionId });
  await untilLink(rig, isUp);
  await requests(way, 1, 1);
  return { noticeMs, usableMs: performance.now() - backAt };
}

export async function reconnectFigures(): Promise<Figure[]> {
  const folder = scratchFolder();
  const faults = new FaultScriptFile(join(folder, 'faults.json'));
  const source = await startSource();
  const rig = await startRig({ sshd: 'builtin', siteFlags: ['--faults', faults.path] });
  const notices: number[] = [];
  const usable: number[] = [];
  try {
    const way = await rig.wayTo(source.port);
    for (let run = 0; run < runs; run++) {
      const { noticeMs, usableMs } = await once(rig, way, faults);
      notices.push(noticeMs);
      usable.push(usableMs);
    }
  } finally {
    await rig.stop();
    await source.process.stop();
    removeFolder(folder);
  }
  return [
    atMost('reconnect: until a dead peer is noticed', median(notices), 'ms', 6_000),
    atMost('reconnect: usable again once the network is back', median(usable), 'ms', 2_000),
  ];
}
