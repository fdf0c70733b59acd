/** Files being kept before the end: how far it is, and what failed. */
import type { Transfer } from '../../../src-preload/contract/transfers.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import { TransferProgress } from '../../ui/transfer-progress.tsx';
import style from './terminate.module.css';
import { useWords } from './words.ts';

const mostFailures = 5;

export function Keeping({ transfer }: { readonly transfer: Transfer }) {
  const t = useWords();
  const sentences = useErrorSentences();
  const isOver = transfer.state === 'failed' || transfer.state === 'cancelled';
  return (
    <div className={style.keeping}>
      <TransferProgress transfer={transfer} />
      <p className={style.note}>
        {t(transfer.kind === 'download' ? 'keeping.to' : 'keeping.toMount', { folder: transfer.folder })}
      </p>
      {!isOver && <p className={style.note}>{t('keeping.goesOn')}</p>}
      {isOver && <p className={style.figure}>{t('keeping.notEnded')}</p>}
      {transfer.failedCount > 0 && (
        <div role="alert">
          <p>{t('keeping.failed', { count: transfer.failedCount })}</p>
          <ul className={style.failures}>
            {transfer.failures.slice(0, mostFailures).map(({ path, error }) => (
              <li key={path}>
                <span className={style.failedPath}>{path}</span> {sentences(error).what} {sentences(error).advice}
              </li>
            ))}
          </ul>
        </div>
      )}
      {transfer.error && <ErrorNotice error={transfer.error} />}
    </div>
  );
}
