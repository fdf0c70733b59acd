/** The last lines of a log, for a panel. */
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Loading } from '../../ui/loading.tsx';
import { LogLines } from './log-lines.tsx';
import style from './logs.module.css';
import { useLog } from './use-log.ts';
import { useWords } from './words.ts';

const noWish = { text: '', matchCase: false };
const stay = () => {};

export function LogTail({ accountId, sessionId }: { readonly accountId: string; readonly sessionId: string }) {
  const t = useWords();
  const { pages, state, error, freshFrom, version } = useLog({ accountId, sessionId, kernelId: null });
  const problem = error ?? state?.error;
  if (problem && !state?.bytes) return <ErrorNotice error={problem} />;
  if (state === null || state.state === 'loading') return <Loading words={t('loading')} />;
  if (state.bytes === 0)
    return <p className={style.note}>{t(state.state === 'following' ? 'empty' : 'empty.ended')}</p>;
  return (
    <div className={style.tail}>
      <LogLines
        pages={pages}
        lines={state.lines}
        version={version}
        gaps={state.gaps}
        freshFrom={freshFrom}
        wrap={false}
        follow
        onFollow={stay}
        wanted={noWish}
        current={null}
        label={t('tail')}
      />
    </div>
  );
}
