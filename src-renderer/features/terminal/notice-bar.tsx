/** A notice as a bar in the strip. */
import { useEffect } from 'react';
import { useErrorSentences } from '../../ui/errors/sentences.ts';
import { Bar } from './bar.tsx';
import { isPassing, type Notice, passingMs } from './notice.ts';
import { useWords } from './terminal-words.ts';

interface Props {
  readonly notice: Notice;
  readonly onForget: () => void;
  readonly onCopy: (text: string) => void;
  readonly onShowKept: () => void;
}

export function NoticeBar({ notice, onForget, onCopy, onShowKept }: Props) {
  const t = useWords();
  const sentences = useErrorSentences();
  useEffect(() => {
    if (!isPassing(notice)) return;
    const timer = setTimeout(onForget, passingMs);
    return () => clearTimeout(timer);
  }, [notice, onForget]);

  switch (notice.kind) {
    case 'copied':
      return <Bar kind="info" words={t('copied', { count: notice.count })} />;
    case 'saved':
      return <Bar kind="info" words={t(notice.cut ? 'savedCut' : 'saved')} />;
    case 'copy-waits': {
      const words = t('copyWaits', { count: notice.text.length });
      return (
        <Bar
          kind="info"
          words={words}
          action={t('copyNow')}
          onAct={() => onCopy(notice.text)}
          more={<Forget onForget={onForget} />}
        />
      );
    }
    case 'kept':
      return (
        <Bar
          kind="info"
          words={t('keptBefore', { count: notice.count })}
          action={t('show')}
          onAct={onShowKept}
          more={<Forget onForget={onForget} />}
        />
      );
    case 'copy-too-large':
      return <Bar kind="warning" words={t('copyTooLarge')} action={t('dismiss')} onAct={onForget} />;
    case 'copy-refused':
      return <Bar kind="warning" words={t('copyRefused')} action={t('dismiss')} onAct={onForget} />;
    case 'move-failed': {
      const words = t(notice.toNew ? 'move.blocked' : 'move.failed');
      return <Bar kind="warning" words={words} action={t('dismiss')} onAct={onForget} />;
    }
    case 'error':
      return <Bar kind="warning" words={sentences(notice.error).what} action={t('dismiss')} onAct={onForget} />;
  }
}

function Forget({ onForget }: { readonly onForget: () => void }) {
  const t = useWords();
  return (
    <button type="button" onClick={onForget}>
      {t('dismiss')}
    </button>
  );
}
