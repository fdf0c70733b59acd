/** How much room there is on each storage volume: one's own, the project's, and the whole. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Volume, VolumeShare } from '../../../../src-preload/contract/overview.ts';
import type { Project } from '../../../../src-preload/contract/sites.ts';
import { berth } from '../../../bridge.ts';
import { formatBytes, formatNumber } from '../../../ui/format.ts';
import { usageLevel } from '../usage-words.ts';
import style from './overview.module.css';
import { Part, PartError } from './part.tsx';
import { type OverviewWords, useOverviewWords } from './words.ts';

const againMs = 60_000;

interface Props {
  readonly accountId: string;
  readonly project: Project | null;
}

export function VolumesPart({ accountId, project }: Props) {
  const t = useOverviewWords();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['overview.volumes', accountId, project?.id],
    queryFn: ({ signal }) => berth.overview.volumes({ accountId, projectId: project?.id ?? null }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: againMs,
    staleTime: againMs,
  });
  return (
    <Part title={t('volumes')} isAsking={isPending}>
      {error && <PartError error={error} onRetry={() => void refetch()} />}
      {!error && data?.length === 0 && <p className={style.none}>{t('volumes.none')}</p>}
      {!error &&
        data?.map((volume) => (
          <div key={volume.name} className={style.item}>
            <h3 className={style.name}>
              {volume.name} {volume.isDefault && <span className={style.soft}>{t('volumes.default')}</span>}
            </h3>
            <dl className={style.shares}>
              <Share label={t('volumes.mine')} share={volume.mine} />
              {project && volume.project && (
                <Share label={t('volumes.project', { project: project.name })} share={volume.project} />
              )}
              <Whole volume={volume} />
            </dl>
          </div>
        ))}
    </Part>
  );
}

function Share({ label, share }: { readonly label: string; readonly share: VolumeShare }) {
  const t = useOverviewWords();
  if (share.state !== 'told') return <Row label={label} text={t(`volumes.${share.state}`)} />;
  const { usedBytes, limitBytes } = share;
  return <Row label={label} text={shareText(t, usedBytes, limitBytes)} used={usedBytes} limit={limitBytes} />;
}

function shareText(t: OverviewWords, usedBytes: number | null, limitBytes: number | null): string {
  if (limitBytes === null) {
    return usedBytes === null ? t('volumes.nothing') : t('volumes.unlimited', { used: formatBytes(usedBytes) });
  }
  const used = usedBytes === null ? t('volumes.none-yet') : formatBytes(usedBytes);
  return t('volumes.of', { used, limit: formatBytes(limitBytes) });
}

function Whole({ volume: { usedBytes, totalBytes, usedPercent } }: { readonly volume: Volume }) {
  const t = useOverviewWords();
  const label = t('volumes.whole');
  if (usedBytes !== null && totalBytes !== null) {
    const text = t('volumes.of', { used: formatBytes(usedBytes), limit: formatBytes(totalBytes) });
    return <Row label={label} text={text} used={usedBytes} limit={totalBytes} />;
  }
  if (usedPercent === null) return null;
  const text = t('volumes.percent', { percent: formatNumber(usedPercent, 0) });
  return <Row label={label} text={text} used={usedPercent} limit={100} />;
}

interface RowProps {
  readonly label: string;
  readonly text: string;
  readonly used?: number | null;
  readonly limit?: number | null;
}

/** A bar only where there is something to fill, and never without its numbers. */
function Row({ label, text, used = null, limit = null }: RowProps) {
  const level = used === null ? undefined : usageLevel({ used, limit });
  return (
    <div data-level={level}>
      <dt>{label}</dt>
      <dd className="numbers">{text}</dd>
      {limit !== null && limit > 0 && (
        <dd className={style.bar}>
          <meter aria-label={label} min={0} max={limit} value={Math.min(used ?? 0, limit)} />
        </dd>
      )}
    </div>
  );
}
