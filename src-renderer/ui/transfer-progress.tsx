/** How far a transfer is: a state in words, a bar, and always its numbers. */
import type { Transfer } from '../../src-preload/contract/transfers.ts';
import { useLanguage } from '../i18n/words.ts';
import { formatBytes, formatNumber, shortDuration } from './format.ts';
import style from './transfer-progress.module.css';
import { useUiWords } from './words.ts';

/** What it does, as people say it. */
export function useTransferState(): (transfer: Transfer) => string {
  const t = useUiWords();
  return (transfer) => {
    if (transfer.state === 'paused' && transfer.interrupted) return t('transfer.interrupted');
    if (transfer.state === 'done') {
      if (transfer.thenEnd) return t('transfer.doneEnded');
      return t(transfer.verifiedBy === 'second-read' ? 'transfer.doneTwice' : 'transfer.done');
    }
    if (transfer.state === 'failed' && transfer.failedCount > 0 && transfer.error === undefined) {
      return t('transfer.someFailed', { count: transfer.failedCount });
    }
    if (transfer.state === 'running') return t(transfer.kind === 'copy' ? 'transfer.copying' : 'transfer.running');
    return t(`transfer.${transfer.state}`);
  };
}

interface Props {
  readonly transfer: Transfer;
  /** What comes next, in words. */
  readonly next?: string | null;
}

export function TransferProgress({ transfer, next = null }: Props) {
  const t = useUiWords();
  const language = useLanguage();
  const stateOf = useTransferState();
  const { filesDone, filesTotal, bytesDone, bytesTotal, bytesPerSecond } = transfer;
  const share = bytesTotal > 0 ? bytesDone / bytesTotal : filesTotal > 0 ? filesDone / filesTotal : 1;
  const left = bytesPerSecond && bytesPerSecond > 0 ? ((bytesTotal - bytesDone) / bytesPerSecond) * 1000 : null;
  return (
    <div className={style.progress}>
      <div className={style.words} role="status">
        {[stateOf(transfer), next].filter(Boolean).join(' · ')}
      </div>
      <div
        className={style.bar}
        role="progressbar"
        aria-label={t('transfer.progress', { name: transfer.sessionName })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(Math.min(1, share) * 100)}
        data-state={transfer.state}
      >
        <span style={{ width: `${Math.min(1, share) * 100}%` }} />
      </div>
      <div className={`${style.numbers} numbers`}>
        <span>
          {t('transfer.numbers', {
            done: formatNumber(filesDone),
            total: formatNumber(filesTotal),
            bytes: formatBytes(bytesDone),
            ofBytes: formatBytes(bytesTotal),
          })}
        </span>
        {bytesPerSecond !== null && bytesPerSecond > 0 && (
          <span>
            {t('transfer.speed', { size: formatBytes(bytesPerSecond) })}
            {left !== null && left > 1500 ? ` · ${t('transfer.left', { time: shortDuration(left, language) })}` : ''}
          </span>
        )}
      </div>
    </div>
  );
}
