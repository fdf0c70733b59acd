/** Used of given, in the unit people say, beside a line of the last hour. */
import type { Session } from '../../../src-preload/contract/sessions.ts';
import { acceleratorUnit, formatAccelerators, formatNumber, gib } from '../../ui/format.ts';
import { linePath, summarize } from './chart-policy.ts';
import style from './use-cell.module.css';
import { useSparks } from './use-sparks.ts';
import { useWords, type Words } from './words.ts';

const width = 34;
const height = 14;

export type Used = 'cpu' | 'memory' | 'gpu';

export function UseCell({
  session,
  what,
  lean,
}: {
  readonly session: Session;
  readonly what: Used;
  readonly lean: boolean;
}) {
  const t = useWords();
  const history = useSparks(session.id, session.family === 'running');
  const given = givenOf(session, what);
  const used = usedOf(session, what);
  const values = history?.[columnOf[what]] ?? [];
  const summary = summarize(values);
  const say = (value: number) => (what === 'memory' ? gib(value) : formatNumber(value, what === 'cpu' ? 1 : 2));
  const unit = what === 'memory' ? 'GiB' : what === 'gpu' ? unitOf(session) : '';
  const text =
    what === 'gpu' && (used === null || given === 0)
      ? formatAccelerators(session.slots)
      : `${used === null ? '' : t('used.before', { used: say(used) })}${what === 'memory' ? gib(given) : formatNumber(given)}${unit === '' ? '' : ` ${unit}`}`;
  const tip = [
    ...(summary === null
      ? []
      : [t('used.hour', { average: say(summary.average), most: say(summary.most), unit: unit || t('used.cores') })]),
    ...(what === 'gpu' ? gpuMemory(session, t) : []),
  ].join('\n');
  return (
    <span className={style.use} data-tip={tip || undefined}>
      {!lean && summary !== null && values.length > 1 && (
        <svg
          aria-hidden="true"
          className={style.chart}
          width={width}
          height={height}
          viewBox={`-1 -1 ${width + 2} ${height + 2}`}
        >
          <path d={linePath(values, Math.max(given, summary.most), width, height)} />
        </svg>
      )}
      <span>{text}</span>
    </span>
  );
}

const columnOf = { cpu: 'cpuCores', memory: 'memBytes', gpu: 'gpus' } as const;

function givenOf({ slots }: Session, what: Used): number {
  if (what === 'cpu') return Number(slots.cpu ?? 0);
  if (what === 'memory') return Number(slots.mem ?? 0);
  return Object.entries(slots).reduce((sum, [slot, value]) => (isGpu(slot) ? sum + Number(value) : sum), 0);
}

function usedOf(session: Session, what: Used): number | null {
  const { live } = session;
  if (live === null) return null;
  if (what === 'cpu') return live.cpuCores;
  if (what === 'memory') return live.memBytes;
  const percent = gpuMetric(session, '_util', 'current');
  return percent === null ? null : percent / 100;
}

const isGpu = (slot: string): boolean => slot !== 'cpu' && slot !== 'mem';

function unitOf({ slots }: Session): string {
  const slot = Object.keys(slots).find((it) => isGpu(it) && Number(slots[it]) > 0);
  return slot === undefined ? '' : acceleratorUnit(slot);
}

function gpuMemory(session: Session, t: Words): readonly string[] {
  const used = gpuMetric(session, '_mem', 'current');
  if (used === null) return [];
  const given = gpuMetric(session, '_mem', 'capacity');
  return [
    given === null
      ? t('used.gpuMemory', { used: gib(used) })
      : t('used.gpuMemoryOf', { used: gib(used), given: gib(given) }),
  ];
}

/** Over all accelerators: `<prefix>_util` in percent of one device, `<prefix>_mem` in bytes (API reference, 4.13). */
function gpuMetric({ metrics }: Session, kind: '_util' | '_mem', field: 'current' | 'capacity'): number | null {
  const values = (metrics ?? []).flatMap((it) => {
    const value = it[field];
    return it.name.endsWith(kind) && it.name !== 'cpu_util' && value !== null ? [value] : [];
  });
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
