/** What a session uses, over the last hour as a line and beside it in numbers: now, on average or at most, of what was given. */
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import type { Session, UseHistory } from '../../../src-preload/contract/sessions.ts';
import { berth } from '../../bridge.ts';
import { useRemembered } from '../../state/remembered.ts';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import style from './detail-panel.module.css';
import { type DetailWords, useDetailWords } from './detail-words.ts';
import { type Flow, figuresOf, flowOf, type UseFigure, type UseKind, useKinds } from './use-policy.ts';

const hourMs = 3_600_000;
const againMs = 15_000;
const points = 120;

/** Not a hook, whatever its name looks like. */
const readUse = berth.sessions.useHistory;

type Readings = UseHistory['cpuCores'];

export function NowSection({ accountId, session }: { readonly accountId: string; readonly session: Session }) {
  const t = useDetailWords();
  const group = useId();
  const [kind, setKind] = useRemembered<UseKind>('panel.use', 'now', (it) => useKinds.some((one) => one === it));
  const history = useQuery({
    queryKey: ['sessions.useHistory', accountId, session.id, 'hour'],
    queryFn: async () =>
      (await readUse({ accountId, sessionIds: [session.id], sinceMs: Date.now() - hourMs, points }))[0] ?? null,
    refetchInterval: againMs,
    staleTime: 0,
  }).data;
  const figures = figuresOf(session, history);
  const flows = [
    {
      label: t('now.net'),
      first: 'now.in',
      second: 'now.out',
      a: flowOf(session, 'net_rx'),
      b: flowOf(session, 'net_tx'),
    },
    {
      label: t('now.disk'),
      first: 'now.read',
      second: 'now.written',
      a: flowOf(session, 'io_read'),
      b: flowOf(session, 'io_write'),
    },
  ] as const;
  if (figures.length === 0 && flows.every(({ a, b }) => a === null && b === null)) {
    return <p className={style.note}>{t('now.none')}</p>;
  }
  return (
    <>
      <fieldset className={style.kinds}>
        <legend className="visually-hidden">{t('now.which')}</legend>
        {useKinds.map((it) => (
          <label key={it}>
            <input type="radio" name={group} checked={it === kind} onChange={() => setKind(it)} />
            {t(`now.kind.${it}`)}
          </label>
        ))}
      </fieldset>
      {figures.map((figure) => (
        <div key={figure.name} className={style.use}>
          <span className={style.useName}>{t(`now.${figure.name}`)}</span>
          <Line
            readings={[...figure.readings]}
            most={Math.max(figure.given ?? 0, figure.most, 1e-9)}
            label={t('now.chart', { what: t(`now.${figure.name}`) })}
          />
          <span
            className={`${style.useWords} numbers`}
            data-tip={kind === 'now' ? undefined : t(`now.from.${figure.source}`)}
          >
            {wordsOf(t, figure, figure[kind])}
          </span>
        </div>
      ))}
      <dl className={style.facts}>
        {flows.map(
          ({ label, first, second, a, b }) =>
            (a !== null || b !== null) && [
              <dt key="name">{label}</dt>,
              <dd key="words" className="numbers">
                {[
                  ...(a ? [t(first, { amount: flowWords(t, a) })] : []),
                  ...(b ? [t(second, { amount: flowWords(t, b) })] : []),
                ].join(', ')}
              </dd>,
            ],
        )}
      </dl>
      <p className={style.note}>
        {t('now.hour')}
        {kind !== 'now' && figures.some(({ source }) => source === 'site') && ` ${t('now.since')}`}
      </p>
    </>
  );
}

function wordsOf(t: DetailWords, { name, given }: UseFigure, used: number): string {
  if (name === 'cpu') return t('now.cores', { used: formatNumber(used, 1), given: formatNumber(given ?? 0) });
  if (name === 'gpu') return t('now.of', { used: formatNumber(used, 2), given: formatNumber(given ?? 0) });
  return given === null ? formatBytes(used) : t('now.of', { used: formatBytes(used), given: formatBytes(given) });
}

function flowWords(t: DetailWords, { total, rate }: Flow): string {
  const speed = rate === null ? null : t('now.second', { amount: formatBytes(Math.max(0, Math.round(rate))) });
  if (total === null) return speed ?? '?';
  return speed === null ? formatBytes(total) : t('now.totalAnd', { total: formatBytes(total), speed });
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
