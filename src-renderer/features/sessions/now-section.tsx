/** What a session uses now, over the last hour as a line, and beside it in numbers: used / given. */
import { useQuery } from '@tanstack/react-query';
import type { Metric } from '../../../src-preload/contract/session-facts.ts';
import type { Session, UseHistory } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import style from './detail-panel.module.css';
import { useDetailWords } from './detail-words.ts';

const hourMs = 3_600_000;
const againMs = 15_000;
const points = 120;

/** Not a hook, whatever its name looks like. */
const readUse = berth.sessions.useHistory;

type Readings = UseHistory['cpuCores'];

export function NowSection({ accountId, session }: { readonly accountId: string; readonly session: Session }) {
  const t = useDetailWords();
  const history = useQuery({
    queryKey: ['sessions.useHistory', accountId, session.id, 'hour'],
    queryFn: async () =>
      (await readUse({ accountId, sessionIds: [session.id], sinceMs: Date.now() - hourMs, points }))[0] ?? null,
    refetchInterval: againMs,
    staleTime: 0,
  }).data;
  const given = { cpu: Number(session.slots.cpu ?? 0), mem: Number(session.slots.mem ?? 0) };
  const gpus = Object.entries(session.slots).reduce(
    (sum, [slot, value]) => (slot === 'cpu' || slot === 'mem' ? sum : sum + (Number(value) || 0)),
    0,
  );
  const metric = (name: string): Metric | undefined => session.metrics?.find((it) => it.name === name);
  const rate = (name: string) => metric(name)?.rate ?? null;
  const flow = (name: string) => metric(name)?.current ?? metric(name)?.rate ?? null;
  const perSecond = (value: number | null) => t('now.second', { amount: formatBytes(Math.max(0, value ?? 0)) });
  const rows = [
    chart('cpu', t('now.cpu'), history?.cpuCores, session.live?.cpuCores ?? null, given.cpu, (used) =>
      t('now.cores', { used: formatNumber(used, 1), given: formatNumber(given.cpu) }),
    ),
    chart('mem', t('now.mem'), history?.memBytes, session.live?.memBytes ?? null, given.mem, (used) =>
      t('now.of', { used: formatBytes(used), given: formatBytes(given.mem) }),
    ),
    ...(gpus > 0
      ? [
          chart('gpu', t('now.gpu'), history?.gpus, null, gpus, (used) =>
            t('now.of', { used: formatNumber(used, 2), given: formatNumber(gpus) }),
          ),
          chart('gpuMem', t('now.gpuMem'), history?.gpuMemBytes, null, null, (used) => formatBytes(used)),
        ]
      : []),
  ].flatMap((row) => (row === null ? [] : [row]));
  const net = { down: flow('net_rx'), up: flow('net_tx') };
  const disk = { read: rate('io_read'), write: rate('io_write') };
  if (rows.length === 0 && net.down === null) return <p className={style.note}>{t('now.none')}</p>;
  return (
    <>
      {rows.map(({ name, what, words, readings, most }) => (
        <div key={name} className={style.use}>
          <span className={style.useName}>{what}</span>
          <Line readings={readings} most={most} label={t('now.chart', { what })} />
          <span className={`${style.useWords} numbers`}>{words}</span>
        </div>
      ))}
      <dl className={style.facts}>
        {(net.down !== null || net.up !== null) && (
          <>
            <dt>{t('now.net')}</dt>
            <dd className="numbers">{t('now.netOf', { down: perSecond(net.down), up: perSecond(net.up) })}</dd>
          </>
        )}
        {(disk.read !== null || disk.write !== null) && (
          <>
            <dt>{t('now.disk')}</dt>
            <dd className="numbers">{t('now.diskOf', { read: perSecond(disk.read), write: perSecond(disk.write) })}</dd>
          </>
        )}
      </dl>
      <p className={style.note}>{t('now.hour')}</p>
    </>
  );
}

interface ChartRow {
  readonly name: string;
  readonly what: string;
  readonly words: string;
  readonly readings: Readings;
  /** Top of the chart; what was given, or more if more was used. */
  readonly most: number;
}

function chart(
  name: string,
  what: string,
  readings: Readings | undefined,
  live: number | null,
  given: number | null,
  words: (used: number) => string,
): ChartRow | null {
  const known = (readings ?? []).filter((it): it is number => it !== null);
  const used = live ?? known.at(-1);
  if (used === undefined) return null;
  return { name, what, words: words(used), readings: readings ?? [], most: Math.max(given ?? 0, ...known, used, 1e-9) };
}

const width = 120;
const height = 24;

/** Gaps in the readings stay gaps. */
function Line({
  readings,
  most,
  label,
}: {
  readonly readings: Readings;
  readonly most: number;
  readonly label: string;
}) {
  const step = readings.length > 1 ? width / (readings.length - 1) : width;
  let path = '';
  let drawing = false;
  for (const [index, value] of readings.entries()) {
    if (value === null) {
      drawing = false;
      continue;
    }
    const y = height - 1 - Math.min(1, Math.max(0, value / most)) * (height - 2);
    path += `${drawing ? 'L' : 'M'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    drawing = true;
  }
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className={style.chart}
    >
      <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
