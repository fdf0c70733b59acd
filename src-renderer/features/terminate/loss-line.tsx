/** What would be lost, in one sentence, and what the sentence does not know. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { LossReport } from '../../../src-preload/contract/files.ts';
import { toErrorValue, useErrorSentences } from '../../ui/errors/sentences.ts';
import { formatBytes, formatNumber } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Loading } from '../../ui/loading.tsx';
import style from './terminate.module.css';
import type { SecondLook } from './use-look.ts';
import { useWords, type Words } from './words.ts';

/** How much there is; the figure alone. */
export function figureOf(t: Words, report: LossReport): string {
  const count = report.files + report.links;
  if (count === 0) {
    return t(isDoubtful(report) ? 'found.noneSeen' : 'found.none');
  }
  const values = { count, n: formatNumber(count), size: formatBytes(report.bytes) };
  return report.stopped === 'entries' ? t('found.more', values) : t('found', values);
}

/** There may be more than what was found. */
export function isDoubtful(report: LossReport): boolean {
  return report.stopped !== null || report.unreadable.count > 0 || report.oddNames > 0;
}

export function hasLoss(report: LossReport): boolean {
  return report.files + report.links > 0 || isDoubtful(report);
}

/** Reasons why the figure may be too small. */
function doubtsOf(t: Words, report: LossReport): string[] {
  const { unreadable } = report;
  return [
    ...(report.stopped === 'time' ? [t('doubt.time', { n: Math.round(report.seconds) })] : []),
    ...(unreadable.count > 0
      ? [t('doubt.unreadable', { count: unreadable.count, names: unreadable.names.slice(0, 3).join(', ') })]
      : []),
    ...(report.oddNames > 0 ? [t('doubt.odd', { count: report.oddNames })] : []),
    ...(report.comparedBy === 'modified' ? [t('doubt.modified')] : []),
  ];
}

/** What came up since the list was read; nothing when nothing did. */
export function SecondLine({ second }: { readonly second: SecondLook }) {
  const t = useWords();
  const sentences = useErrorSentences();
  const { news, error } = second;
  if (news?.count === 0) return null;
  return (
    <div role="alert" className={style.couldNot}>
      <Icon name="warning" />
      <p>
        {error === null
          ? t('news', {
              count: news.count,
              n: formatNumber(news.count),
              size: formatBytes(news.bytes),
              names: news.names.join(', '),
            })
          : `${t('news.couldNot')} ${sentences(error).what}`}{' '}
        {t('news.again')}
      </p>
    </div>
  );
}

export function LossLine({ look }: { readonly look: UseQueryResult<LossReport> }) {
  const t = useWords();
  const sentences = useErrorSentences();
  if (look.isPending) return <Loading words={t('looking')} delayMs={0} />;
  if (look.error) {
    const { what, advice } = sentences(toErrorValue(look.error));
    return (
      <div role="status" className={style.couldNot}>
        <Icon name="warning" />
        <div>
          <p>
            {t('couldNot')} {what} {advice}
          </p>
          <button
            type="button"
            className={style.textButton}
            onClick={() => void look.refetch()}
            disabled={look.isFetching}
          >
            {look.isFetching ? t('looking') : t('lookAgain')}
          </button>
        </div>
      </div>
    );
  }
  const doubts = doubtsOf(t, look.data);
  return (
    <div role="status" className={style.found}>
      <p className={style.figure}>{figureOf(t, look.data)}</p>
      {doubts.map((it) => (
        <p key={it} className={style.doubt}>
          {it}
        </p>
      ))}
    </div>
  );
}
